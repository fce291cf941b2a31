#!/usr/bin/env bash
# Builds the pinned real consumers that the conformance checks run, each once, into one cache folder outside the
# tree. Progress goes to stderr; the last line on stdout is the folder with the programs.
#
# usage: tools.sh [NAME...]     default: all of them
# needs: Go >= 1.26, unless everything is built already
#
# A tool is built into a temporary folder and renamed when complete, so an interrupted run leaves nothing half done
# and the next run goes on where it stopped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${MESHWRIGHT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/meshwright/tools}

# name, Go package, version. `wrapper:DIR` for a version means: built in tools/DIR, which pins every dependency, as the
# program that DIR's go.mod requires at the version of the module in the fourth column. That is for programs whose list
# of versions cannot be had, or whose own go.mod has replacements. A file of that module in the fifth goes beside it.
# `wrapper:DIR:FILE` takes FILE for go.mod: the same sources against another version.
# The fourth column of any other is one more flag for the linker: the oldest CoreDNS reaches into Go's standard library.
pins='kustomize sigs.k8s.io/kustomize/kustomize/v5 v5.8.1
age filippo.io/age/cmd/age v1.3.2
sops github.com/getsops/sops/v3/cmd/sops v3.13.3
kubectl . wrapper:kubectl k8s.io/kubectl
kubeseal github.com/bitnami/sealed-secrets/cmd/kubeseal wrapper:sealed-secrets github.com/bitnami/sealed-secrets
coredns github.com/coredns/coredns v1.15.0
coredns-oldest github.com/coredns/coredns v1.9.4 -checklinkname=0
kubeconform github.com/yannh/kubeconform/cmd/kubeconform v0.8.0
actionlint github.com/rhysd/actionlint/cmd/actionlint v1.7.12
cfssl github.com/cloudflare/cfssl/cmd/cfssl v1.6.5
cfssljson github.com/cloudflare/cfssl/cmd/cfssljson v1.6.5
zlint github.com/zmap/zlint/v3/cmd/zlint v3.7.3
step github.com/smallstep/cli/cmd/step v0.21.0
helm helm.sh/helm/v4/cmd/helm v4.2.0
helm-3 helm.sh/helm/v3/cmd/helm v3.21.0
sealed-secrets-controller github.com/bitnami/sealed-secrets/cmd/controller wrapper:sealed-secrets github.com/bitnami/sealed-secrets
kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver wrapper:kube k8s.io/kubernetes
kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager wrapper:kube k8s.io/kubernetes
source-controller github.com/fluxcd/source-controller wrapper:flux github.com/fluxcd/source-controller
kustomize-controller github.com/fluxcd/kustomize-controller wrapper:flux github.com/fluxcd/kustomize-controller
argo . wrapper:argo github.com/argoproj/argo-cd/v3
pilot-discovery istio.io/istio/pilot/cmd/pilot-discovery wrapper:../istio/meshcheck istio.io/istio
pilot-agent istio.io/istio/pilot/cmd/pilot-agent wrapper:../istio/meshcheck istio.io/istio tools/packaging/common/envoy_bootstrap.json
istioctl istio.io/istio/istioctl/cmd/istioctl wrapper:../istio/meshcheck istio.io/istio
istioctl-1.30 istio.io/istio/istioctl/cmd/istioctl wrapper:../istio/meshcheck:go-1.30.mod istio.io/istio
meshcheck . wrapper:../istio/meshcheck istio.io/istio
meshcheck-1.30 . wrapper:../istio/meshcheck:go-1.30.mod istio.io/istio'

export CGO_ENABLED=0 GOTOOLCHAIN=local
export GOFLAGS='-mod=mod -trimpath -buildvcs=false -p=2'

for wanted in "$@"; do
  if ! grep -q "^$wanted " <<<"$pins"; then
    echo "error: there is no tool $wanted; there are: $(cut -d' ' -f1 <<<"$pins" | tr '\n' ' ')" >&2
    exit 2
  fi
done

need_go() {
  local version major minor
  version=$(go env GOVERSION 2>/dev/null) || version=none
  IFS=. read -r major minor _ <<<"${version#go}"
  if [[ $version != go* ]] || ((major < 1 || (major == 1 && ${minor%%[^0-9]*} < 26))); then
    echo "error: the conformance tools are built with Go >= 1.26; found: $version" >&2
    exit 3
  fi
}

# wrapper_label FOLDER GO.MOD MODULE PACKAGE: the version that is required, and a sum that changes with whatever else decides
# the program.
wrapper_label() {
  local sum sources=()
  if [[ $4 == . ]]; then sources=("$1"/*.go); fi
  sum=$(cat "$1/$2" "$1/${2%.mod}.sum" "${sources[@]}" | cksum)
  awk -v module="$3" -v sum="${sum%% *}" '$1 == "require" { $1 = ""; $0 = $0 }
    $1 == module && $2 ~ /^v/ { print $2 "-" sum; exit }' "$1/$2"
}

mkdir -p "$cache/bin"
while read -r name package version module beside; do
  if (($# > 0)) && [[ " $* " != *" $name "* ]]; then continue; fi
  wrapper=
  label=$version
  if [[ $version == wrapper:* ]]; then
    IFS=: read -r _ wrapper modfile <<<"$version"
    wrapper=$here/tools/$wrapper
    modfile=${modfile:-go.mod}
    label=$(wrapper_label "$wrapper" "$modfile" "$module" "$package")
  fi
  home=$cache/$name@$label
  if [[ ! -x $home/$name ]]; then
    need_go
    echo "building $name $label ..." >&2
    started=$SECONDS
    partial=$(mktemp -d "$home.partial.XXXXXX")
    trap 'rm -rf "$partial"' EXIT
    if [[ -n $wrapper ]]; then
      (cd "$wrapper" && GOFLAGS="${GOFLAGS/-mod=mod/-mod=readonly}" go build -modfile "$modfile" -ldflags '-s -w' -o "$partial/$name" "$package") >&2
      if [[ -n $beside ]]; then
        install -m 644 "$(cd "$wrapper" && go list -m -f '{{.Dir}}' "$module")/$beside" "$partial/"
      fi
    else
      GOBIN=$partial go install -ldflags "-s -w $module" "$package@$version" >&2
      if [[ ! -e $partial/$name ]]; then mv "$partial/"* "$partial/$name"; fi
    fi
    chmod 755 "$partial"
    # Another run may have been quicker: its result is as good.
    if [[ ! -e $home ]]; then mv "$partial" "$home"; fi
    rm -rf "$partial"
    trap - EXIT
    echo "built $name $label in $((SECONDS - started)) s" >&2
  fi
  if [[ $(readlink "$cache/bin/$name") != "../$name@$label/$name" ]]; then ln -sfn "../$name@$label/$name" "$cache/bin/$name"; fi
done <<<"$pins"

echo "$cache/bin"
