package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/collections"
	kubelib "istio.io/istio/pkg/kube"
)

// manifests are what one cluster holds.
type manifests struct {
	cluster string
	// text is all of it, so that two clusters with the same text are the same.
	text string
	// values are those of the istiod chart, or empty.
	values   istiodValues
	istio    []config.Config
	kube     []runtime.Object
	failures []Failure
	warnings []string
}

// istiodValues is the part of the chart's values that changes what istiod makes of the manifests.
type istiodValues struct {
	Revision     string   `json:"revision"`
	RevisionTags []string `json:"revisionTags"`
	Global       struct {
		IstioNamespace string `json:"istioNamespace"`
		Proxy          struct {
			ClusterDomain string `json:"clusterDomain"`
		} `json:"proxy"`
	} `json:"global"`
	MeshConfig map[string]any `json:"meshConfig"`
}

// readManifests reads what was rendered for a cluster, and the cluster's own objects.
func readManifests(cluster, rendered, apps string) *manifests {
	m := &manifests{cluster: cluster}
	folder := filepath.Join(rendered, cluster)
	ours, err := build(folder)
	if err != nil {
		m.fail(unreadable, cluster, err)
	}
	theirs, err := os.ReadFile(filepath.Join(apps, cluster+".yaml"))
	if err != nil {
		m.fail(unreadable, cluster, err)
	}
	values, err := os.ReadFile(filepath.Join(folder, "istio", "values.yaml"))
	if err == nil {
		err = yaml.Unmarshal(values, &m.values)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.fail(unreadable, cluster+" istio/values.yaml", err)
	}
	m.text = strings.Join([]string{cluster, string(ours), string(theirs), string(values)}, "\x00")
	// Theirs first: what was rendered is applied to a cluster that is there already.
	seen := map[string]int{}
	for _, text := range [][]byte{theirs, ours} {
		if err := m.parse(text, seen); err != nil {
			m.fail(unreadable, cluster, err)
		}
	}
	return m
}

func (m *manifests) fail(code, where string, err error) {
	m.failures = append(m.failures, Failure{code, where, strings.TrimSpace(err.Error())})
}

// build makes of a Kustomize directory what would be applied; any other folder is read file by file.
func build(folder string) ([]byte, error) {
	if _, err := os.Stat(filepath.Join(folder, "kustomization.yaml")); err == nil {
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
		if err != nil {
			return nil, err
		}
		return built.AsYaml()
	}
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".yaml") {
			files = append(files, path)
		}
		return err
	})
	sort.Strings(files)
	var all bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all.WriteString("\n---\n")
		all.Write(text)
	}
	return all.Bytes(), err
}

// readGroups are those of Kubernetes' own that istiod reads, beside the one without a name.
var readGroups = []string{"discovery.k8s.io", "gateway.networking.k8s.io"}

// parse takes what istiod reads, and leaves out the rest: other controllers' objects have no part in a path.
func (m *manifests) parse(text []byte, seen map[string]int) error {
	documents := kubeyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(document, &head); err != nil {
			return err
		}
		group, _, hasGroup := strings.Cut(head.APIVersion, "/")
		switch {
		case strings.HasSuffix(group, ".istio.io"):
			m.parseIstio(document, head.APIVersion, head.Kind)
		case slices.Contains(readGroups, group) && hasGroup, !hasGroup && head.Kind != "Secret" && head.Kind != "":
			object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(document, nil, nil)
			if err != nil {
				return fmt.Errorf("%s %s: %w", head.APIVersion, head.Kind, err)
			}
			m.addKube(object, head.Kind, seen)
		}
	}
}

// addKube lets the last one of a name win.
func (m *manifests) addKube(object runtime.Object, kind string, seen map[string]int) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		m.fail(unreadable, m.cluster, err)
		return
	}
	key := kind + " " + accessor.GetNamespace() + "/" + accessor.GetName()
	if at, found := seen[key]; found {
		m.kube[at] = object
		return
	}
	seen[key] = len(m.kube)
	m.kube = append(m.kube, object)
}

// parseIstio judges an object as istiod's webhook would; what is refused never gets into the cluster.
func (m *manifests) parseIstio(document []byte, apiVersion, kind string) {
	where := m.cluster + " " + kind
	configs, others, err := crd.ParseInputs(string(document))
	if err != nil {
		m.fail(invalid, where, err)
		return
	}
	for _, other := range others {
		m.fail(invalid, where, fmt.Errorf("no kind of Istio: %s %s %s", apiVersion, kind, other.Name))
	}
	for _, c := range configs {
		if c.Namespace == "" {
			c.Namespace = "default"
		}
		where := fmt.Sprintf("%s %s/%s", where, c.Namespace, c.Name)
		schema, _ := collections.PilotGatewayAPI().FindByGroupVersionAliasesKind(c.GroupVersionKind)
		if warning, err := schema.ValidateConfig(c); err != nil {
			m.fail(invalid, where, err)
			continue
		} else if warning != nil {
			m.warnings = append(m.warnings, fmt.Sprintf("%s: %v", where, warning))
		}
		m.istio = append(m.istio, c)
	}
}

// meshConfig is what istiod runs with once it is installed with the values.
func (m *manifests) meshConfig() (*meshconfig.MeshConfig, error) {
	defaults := mesh.DefaultMeshConfig()
	if m.values.Global.IstioNamespace != "" {
		defaults.RootNamespace = m.values.Global.IstioNamespace
	}
	if len(m.values.MeshConfig) == 0 {
		return defaults, nil
	}
	text, err := yaml.Marshal(m.values.MeshConfig)
	if err != nil {
		return nil, err
	}
	return mesh.ApplyMeshConfig(string(text), defaults)
}

// domain is the cluster's DNS domain.
func (m *manifests) domain() string {
	if m.values.Global.Proxy.ClusterDomain != "" {
		return m.values.Global.Proxy.ClusterDomain
	}
	return "cluster.local"
}

// entry is a ServiceEntry.
type entry struct {
	namespace string
	spec      *networking.ServiceEntry
}

func (m *manifests) entries() []entry {
	var found []entry
	for _, c := range m.istio {
		if spec, ok := c.Spec.(*networking.ServiceEntry); ok {
			found = append(found, entry{c.Namespace, spec})
		}
	}
	return found
}

// shownTo tells whether exportTo lets a namespace see the hosts.
func (e entry) shownTo(namespace string) bool {
	for _, to := range e.spec.ExportTo {
		if to == "*" || to == namespace || (to == "." && namespace == e.namespace) {
			return true
		}
	}
	return len(e.spec.ExportTo) == 0
}
