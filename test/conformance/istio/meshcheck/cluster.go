package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/serviceregistry/aggregate"
	"istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pilot/test/xds"
	icluster "istio.io/istio/pkg/cluster"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/test"
)

// defaultDomain is the one that Istio's test control plane gives to the Services of its cluster.
const defaultDomain = "cluster.local"

// cluster is one cluster of a mesh with its control plane.
type cluster struct {
	*manifests
	mesh     *meshconfig.MeshConfig
	life     *lifetime
	server   *xds.FakeDiscoveryServer
	nodes    map[string]*corev1.Node
	pods     []*corev1.Pod
	byIP     map[string]*corev1.Pod
	services []*corev1.Service
	views    map[string]*view
	// made is what istiod would apply for the cluster's own Gateways.
	made []Made
}

// planes keeps control planes that run: most clusters of a mesh with one thing changed are those of the mesh before it.
type planes struct {
	running map[[sha256.Size]byte]*cluster
	order   [][sha256.Size]byte
}

// The longest mesh that is expected in a batch has less.
const planesKept = 12

func newPlanes() *planes {
	return &planes{running: map[[sha256.Size]byte]*cluster{}}
}

// get gives a running control plane, or the reason for which there is none.
func (p *planes) get(m *manifests) (*cluster, error) {
	key := sha256.Sum256([]byte(m.text))
	if c, ok := p.running[key]; ok {
		p.order = append(slices.DeleteFunc(p.order, func(k [sha256.Size]byte) bool { return k == key }), key)
		return c, nil
	}
	c, err := start(m)
	if err != nil {
		return nil, err
	}
	p.running[key] = c
	p.order = append(p.order, key)
	return c, nil
}

// trim ends the control planes that were not asked for in the longest time.
func (p *planes) trim() {
	for len(p.order) > planesKept {
		p.running[p.order[0]].life.end()
		delete(p.running, p.order[0])
		p.order = p.order[1:]
	}
}

func (p *planes) stop() {
	for _, c := range p.running {
		c.life.end()
	}
	p.running, p.order = map[[sha256.Size]byte]*cluster{}, nil
}

func start(m *manifests) (*cluster, error) {
	config, err := m.meshConfig()
	if err != nil {
		return nil, fmt.Errorf("istio/values.yaml: %w", err)
	}
	c := &cluster{
		manifests: m, mesh: config, life: &lifetime{}, nodes: map[string]*corev1.Node{}, byIP: map[string]*corev1.Pod{},
		views: map[string]*view{},
	}
	for _, object := range m.kube {
		switch o := object.(type) {
		case *corev1.Node:
			c.nodes[o.Name] = o
		case *corev1.Pod:
			c.pods = append(c.pods, o)
			c.byIP[o.Status.PodIP] = o
		case *corev1.Service:
			c.services = append(c.services, o)
		}
	}
	if err := c.life.run(c.startPlane); err != nil {
		c.life.end()
		return nil, err
	}
	return c, nil
}

func (c *cluster) startPlane() {
	options := xds.FakeOptions{
		DefaultClusterName: icluster.ID(c.manifests.cluster),
		Configs:            c.istio,
		MeshConfig:         c.mesh,
	}
	now := time.Now()
	for i := range options.Configs {
		options.Configs[i].CreationTimestamp = now
	}
	made, objects := c.makeGateways()
	c.made = made
	if c.domain() == defaultDomain {
		options.KubernetesObjects = objects
	}
	c.server = xds.NewFakeDiscoveryServer(c.life, options)
	if c.domain() != defaultDomain {
		c.addRegistry()
	}
}

// addRegistry gives the Services the cluster's own domain, which the test control plane does not let us choose.
func (c *cluster) addRegistry() {
	updater := c.server.Discovery
	registry, _ := controller.NewFakeControllerWithOptions(c.life, controller.FakeControllerOptions{
		Client:        kubelib.NewFakeClient(copies(c.kube)...),
		ClusterID:     icluster.ID(c.manifests.cluster),
		DomainSuffix:  c.domain(),
		XDSUpdater:    updater,
		MeshWatcher:   meshwatcher.NewTestWatcher(c.mesh),
		ConfigCluster: true,
		SkipRun:       true,
	})
	stop := test.NewStop(c.life)
	registries, ok := c.server.Registry.(*aggregate.Controller)
	if !ok {
		c.life.Fatal("the test control plane keeps its registries in another way")
	}
	registries.AddRegistryAndRun(registry, stop)
	kubelib.WaitForCacheSync("meshcheck", stop, registry.HasSynced)
	// What sidecars get is made of the registries as they were at the last push; this one came after it.
	updater.ConfigUpdate(&model.PushRequest{Forced: true})
	c.server.EnsureSynced(c.life)
}

// copies keeps what one control plane writes away from the next.
func copies(objects []runtime.Object) []runtime.Object {
	made := make([]runtime.Object, len(objects))
	for i, object := range objects {
		made[i] = object.DeepCopyObject()
	}
	return made
}
