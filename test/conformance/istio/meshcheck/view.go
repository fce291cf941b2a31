package main

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/pkg/model"
	labelutil "istio.io/istio/pilot/pkg/serviceregistry/util/label"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	icluster "istio.io/istio/pkg/cluster"
	dns "istio.io/istio/pkg/dns/server"
)

const tlsSocket = "envoy.transport_sockets.tls"

// view is what Istio gives to the Envoy in one pod.
type view struct {
	proxy     *model.Proxy
	clusters  []*clusterv3.Cluster
	listeners []*listenerv3.Listener
	routes    []*routev3.RouteConfiguration
	// names are answered by the sidecar's own DNS proxy.
	names map[string][]string
	// err is there when Istio could not make it.
	err error
}

// viewOf asks Istio once for each pod.
func (c *cluster) viewOf(pod *corev1.Pod) *view {
	key := pod.Namespace + "/" + pod.Name
	if v, ok := c.views[key]; ok {
		return v
	}
	v := &view{}
	c.views[key] = v
	v.err = c.life.run(func() {
		v.proxy = c.proxyOf(pod)
		v.clusters = c.server.Clusters(v.proxy)
		v.listeners = c.server.Listeners(v.proxy)
		v.routes = c.server.Routes(v.proxy)
		v.names = map[string][]string{}
		if hasSidecar(pod) {
			table := dns.BuildNameTable(dns.Config{Node: v.proxy, Push: c.server.PushContext()})
			for name, info := range table.GetTable() {
				v.names[name] = info.GetIps()
			}
		}
	})
	return v
}

// hasSidecar goes by the label that the injector sets; a gateway is injected by another template, which does not.
func hasSidecar(pod *corev1.Pod) bool { return pod.Labels["security.istio.io/tlsMode"] == "istio" }

// proxyOf describes a pod's Envoy as istiod knows it once it has connected.
func (c *cluster) proxyOf(pod *corev1.Pod) *model.Proxy {
	kind := model.Router
	if hasSidecar(pod) {
		kind = model.SidecarProxy
	}
	id := icluster.ID(c.manifests.cluster)
	locality := c.localityOf(pod)
	return c.server.SetupProxy(&model.Proxy{
		Type: kind, ID: pod.Name + "." + pod.Namespace, ConfigNamespace: pod.Namespace,
		IPAddresses: []string{pod.Status.PodIP}, DNSDomain: pod.Namespace + ".svc." + c.domain(), Locality: locality,
		Labels: labelutil.AugmentLabels(pod.Labels, id, zoneOf(locality), pod.Spec.NodeName, ""),
		Metadata: &model.NodeMetadata{
			Namespace: pod.Namespace, Labels: pod.Labels, ClusterID: id, ServiceAccount: pod.Spec.ServiceAccountName,
			NodeName: pod.Spec.NodeName, IstioVersion: istioVersion + ".0", DNSCapture: true,
		},
	})
}

func (c *cluster) localityOf(pod *corev1.Pod) *corev3.Locality {
	node := c.nodes[pod.Spec.NodeName]
	if node == nil {
		return &corev3.Locality{}
	}
	return &corev3.Locality{
		Region: node.Labels["topology.kubernetes.io/region"], Zone: node.Labels["topology.kubernetes.io/zone"],
	}
}

func zoneOf(l *corev3.Locality) string {
	parts := []string{l.GetRegion(), l.GetZone(), l.GetSubZone()}
	return strings.TrimRight(strings.Join(parts, "/"), "/")
}

// identity is the SPIFFE ID in a pod's certificate.
func (c *cluster) identity(pod *corev1.Pod) string {
	return fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", c.mesh.TrustDomain, pod.Namespace, pod.Spec.ServiceAccountName)
}

// target is one endpoint as Envoy would dial it.
type target struct {
	hop  Hop
	host string
	port uint32
	tls  *tlsv3.UpstreamTlsContext
}

// targets are the healthy endpoints of an Envoy cluster.
func (c *cluster) targets(v *view, of *clusterv3.Cluster) (found []target, err error) {
	assignment := of.GetLoadAssignment()
	if of.GetType() == clusterv3.Cluster_EDS {
		err = c.life.run(func() {
			builder := endpoints.NewEndpointBuilder(of.GetName(), v.proxy, c.server.PushContext())
			assignment = builder.BuildClusterLoadAssignment(c.server.Discovery.Env.EndpointIndex)
		})
	}
	for _, group := range assignment.GetEndpoints() {
		for _, e := range group.GetLbEndpoints() {
			if e.GetHealthStatus() == corev3.HealthStatus_UNHEALTHY {
				continue
			}
			address := e.GetEndpoint().GetAddress().GetSocketAddress()
			host, port := address.GetAddress(), address.GetPortValue()
			found = append(found, target{host: host, port: port, tls: upstreamTLS(of, e), hop: Hop{
				Address: net.JoinHostPort(host, strconv.Itoa(int(port))), Priority: group.GetPriority(),
				Weight: e.GetLoadBalancingWeight().GetValue(), LocalityWeight: group.GetLoadBalancingWeight().GetValue(),
				Locality: zoneOf(group.GetLocality()),
			}})
		}
	}
	return found, err
}

// upstreamTLS is how Envoy would speak to an endpoint; nil for plain text. A socket is matched by the endpoint's metadata.
func upstreamTLS(of *clusterv3.Cluster, e *endpointv3.LbEndpoint) *tlsv3.UpstreamTlsContext {
	socket := of.GetTransportSocket()
	metadata := e.GetMetadata().GetFilterMetadata()["envoy.transport_socket_match"].GetFields()
	for _, match := range of.GetTransportSocketMatches() {
		fits := true
		for key, wanted := range match.GetMatch().GetFields() {
			fits = fits && metadata[key].GetStringValue() == wanted.GetStringValue()
		}
		if fits {
			socket = match.GetTransportSocket()
			break
		}
	}
	context := &tlsv3.UpstreamTlsContext{}
	if socket.GetName() != tlsSocket || socket.GetTypedConfig().UnmarshalTo(context) != nil {
		return nil
	}
	return context
}

// showsCertificate tells whether the client proves who it is, with its workload certificate.
func showsCertificate(context *tlsv3.UpstreamTlsContext) bool {
	return slices.ContainsFunc(context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs(),
		func(s *tlsv3.SdsSecretConfig) bool { return s.GetName() == "default" })
}

// acceptedNames are the exact names, and the beginnings of names, that the other side's certificate may have.
func acceptedNames(common *tlsv3.CommonTlsContext) (exact, prefixes []string) {
	validation := common.GetCombinedValidationContext().GetDefaultValidationContext()
	matchers := validation.GetMatchSubjectAltNames() // Deprecated in Envoy, and what Istio writes.
	for _, typed := range validation.GetMatchTypedSubjectAltNames() {
		matchers = append(matchers, typed.GetMatcher())
	}
	for _, m := range matchers {
		if m.GetExact() != "" {
			exact = append(exact, m.GetExact())
		} else if m.GetPrefix() != "" {
			prefixes = append(prefixes, m.GetPrefix())
		}
	}
	return exact, prefixes
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
