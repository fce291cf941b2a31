package main

import (
	"encoding/json"
	"fmt"
	"slices"

	admission "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"istio.io/api/label"
	charts "istio.io/istio/manifests"
	"istio.io/istio/pilot/pkg/config/kube/gatewaycommon"
	"istio.io/istio/pilot/pkg/model"
	icluster "istio.io/istio/pkg/cluster"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/config/schema/gvr"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/inject"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/revisions"
	"istio.io/istio/pkg/test"
)

// gatewayTemplate is what istiod makes a gateway of.
const gatewayTemplate = "charts/istio-control/istio-discovery/files/kube-gateway.yaml"

// Made is what Istio's controller would apply for one Gateway of the Kubernetes Gateway API.
type Made struct {
	Cluster string            `json:"cluster"`
	Gateway string            `json:"gateway"`
	Objects []json.RawMessage `json:"objects"`
}

// makeGateways runs Istio's deployment controller over the cluster's Gateways, and gives what it would apply. A Gateway
// for which nothing is made belongs to another istiod, or to none: the test control plane, which has no revision, must not
// see it, and must see the others without a label that says which istiod they are for.
func (c *cluster) makeGateways() (made []Made, plane []runtime.Object) {
	var gateways []*gateway.Gateway
	for _, object := range c.kube {
		if g, ok := object.(*gateway.Gateway); ok {
			gateways = append(gateways, g)
			continue
		}
		plane = append(plane, object.DeepCopyObject())
	}
	if len(gateways) == 0 {
		return nil, plane
	}
	reconcile := c.deploymentController()
	for _, g := range gateways {
		objects, err := reconcile(types.NamespacedName{Namespace: g.Namespace, Name: g.Name})
		if err != nil {
			c.life.Fatal(err)
		}
		made = append(made, Made{c.manifests.cluster, g.Namespace + "/" + g.Name, objects})
		if len(objects) > 0 {
			mine := g.DeepCopy()
			delete(mine.Labels, label.IoIstioRev.Name)
			plane = append(plane, mine)
		}
	}
	return made, plane
}

// deploymentController gives a function that reconciles one Gateway.
func (c *cluster) deploymentController() func(types.NamespacedName) ([]json.RawMessage, error) {
	revision := c.values.Revision
	if revision == "" {
		revision = "default"
	}
	var objects []runtime.Object
	for _, object := range copies(c.kube) {
		switch o := object.(type) {
		case *gateway.Gateway:
			o.UID = types.UID(o.Namespace + "-" + o.Name) // An API server would have given one.
			objects = append(objects, o)
		// Not the Service that is there already: the controller leaves alone what it did not make.
		case *corev1.ConfigMap, *corev1.Namespace:
			objects = append(objects, o)
		}
	}
	for _, tag := range c.values.RevisionTags {
		objects = append(objects, &admission.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{
			Name:   "istio-revision-tag-" + tag,
			Labels: map[string]string{label.IoIstioTag.Name: tag, label.IoIstioRev.Name: revision},
		}})
	}
	if revision == "default" {
		objects = append(objects, &admission.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{
			Name: "istiod-default-validator", Labels: map[string]string{label.IoIstioRev.Name: revision},
		}})
	}
	client := kubelib.NewFakeClient(objects...)
	for _, crd := range []schema.GroupVersionResource{gvr.KubernetesGateway, gvr.GatewayClass} {
		clienttest.MakeCRD(c.life, client, crd)
	}
	var applied []json.RawMessage
	client.Dynamic().(*dynamicfake.FakeDynamicClient).PrependReactor("patch", "*",
		func(action clienttesting.Action) (bool, runtime.Object, error) {
			if action.GetResource() != gvr.KubernetesGateway {
				applied = append(applied, slices.Clone(action.(clienttesting.PatchAction).GetPatch()))
			}
			return true, &unstructured.Unstructured{}, nil
		})
	stop := test.NewStop(c.life)
	env := model.NewEnvironment()
	env.Watcher = meshwatcher.NewTestWatcher(c.mesh)
	env.PushContext().InitDone.Store(true)
	tags := revisions.NewTagWatcher(client, revision, c.systemNamespace())
	webhook := c.injection()
	d := gatewaycommon.NewDeploymentController(client, icluster.ID(c.manifests.cluster), env,
		func() inject.WebhookConfig { return webhook }, func(func()) {}, tags, revision, c.systemNamespace())
	client.RunAndWait(stop)
	go tags.Run(stop)
	kubelib.WaitForCacheSync("meshcheck", stop, tags.HasSynced)
	return func(name types.NamespacedName) ([]json.RawMessage, error) {
		applied = []json.RawMessage{}
		err := d.Reconcile(name)
		return applied, err
	}
}

func (c *cluster) injection() inject.WebhookConfig {
	template, err := charts.FS.ReadFile(gatewayTemplate)
	if err != nil {
		c.life.Fatal(err)
	}
	templates, err := inject.ParseTemplates(map[string]string{"kube-gateway": string(template)})
	if err != nil {
		c.life.Fatal(err)
	}
	text, err := yaml.Marshal(map[string]any{"global": map[string]any{"hub": "hub", "tag": "tag"}, "revision": c.values.Revision})
	if err != nil {
		c.life.Fatal(err)
	}
	values, err := inject.NewValuesConfig(string(text))
	if err != nil {
		c.life.Fatal(fmt.Errorf("values of the injector: %w", err))
	}
	return inject.WebhookConfig{Templates: templates, Values: values, MeshConfig: c.mesh}
}

func (m *manifests) systemNamespace() string {
	if m.values.Global.IstioNamespace != "" {
		return m.values.Global.IstioNamespace
	}
	return "istio-system"
}
