// meshcheck proves with Istio's own code that the clusters of a rendered mesh fit together: it starts Istio's test
// control plane for each cluster and follows every path that a request can take through what they make of the manifests.
//
//	meshcheck -rendered DIR -apps DIR [-json]      one mesh
//	meshcheck -batch [-json]                       many: a line of JSON {"name", "rendered", "apps"} on stdin for each
//
// rendered/<cluster>/  what was rendered for the cluster: a Kustomize directory (built as such when it has a
// kustomization.yaml), or any folder of manifests; istio/values.yaml in it configures that cluster's istiod.
// apps/<cluster>.yaml  the cluster's own Kubernetes objects, as `kubectl get -o yaml` shows them: Namespaces, Nodes,
// Services, EndpointSlices, Pods. They alone say which gateway answers at an address, and who the pods are.
//
// Exit code 0 when every path of every mesh is proven, 1 when one is not, 2 for wrong usage, 3 for unreadable input.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"istio.io/istio/pkg/log"
)

// istioVersions says which release a pseudo-version of Istio's module belongs to: its tags cannot be had as modules.
var istioVersions = map[string]string{
	"v0.0.0-20260827124520-eed52ebb66ad": "1.31",
	"v0.0.0-20260826214018-9739e10eb9d7": "1.30",
}

// istioVersion is that of the control planes, sidecars and gateways.
var istioVersion = linkedIstio()

func linkedIstio() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if version, known := istioVersions[module.Version]; known && module.Path == "istio.io/istio" {
			return version
		}
	}
	panic("meshcheck is linked with an Istio that it does not know")
}

type input struct {
	Name     string `json:"name"`
	Rendered string `json:"rendered"`
	Apps     string `json:"apps"`
}

func main() {
	one := input{}
	flag.StringVar(&one.Rendered, "rendered", "", "folder with one folder for each cluster")
	flag.StringVar(&one.Apps, "apps", "", "folder with <cluster>.yaml")
	batch := flag.Bool("batch", false, "read meshes from stdin, one JSON object a line")
	asJSON := flag.Bool("json", false, "print one JSON object for each mesh, a line each")
	flag.Parse()
	if flag.NArg() > 0 || *batch == (one.Rendered != "") || (one.Rendered == "") != (one.Apps == "") {
		flag.Usage()
		os.Exit(2)
	}
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	show := showText
	if *asJSON {
		show = showJSON
	}
	planes := newPlanes()
	defer planes.stop()
	ok := true
	judge := func(in input) {
		verdict := check(in, planes)
		ok = ok && len(verdict.Failures) == 0
		show(os.Stdout, verdict)
	}
	if *batch {
		if err := readBatch(os.Stdin, judge); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	} else {
		one.Name = one.Rendered
		judge(one)
	}
	if !ok {
		planes.stop()
		os.Exit(1)
	}
}

func readBatch(from io.Reader, judge func(input)) error {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var in input
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			return fmt.Errorf("no mesh: %s: %w", lines.Text(), err)
		}
		judge(in)
	}
	return lines.Err()
}
