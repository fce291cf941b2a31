package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/test/xdstest"
)

// Envoy takes all that comes into a pod here (istio: pilot/pkg/networking/core/listener_builder.go).
const inboundPort = 15006

// arrive follows an endpoint to the pods behind it.
func (m *wholeMesh) arrive(from caller, to target, path Path) (Hop, bool) {
	hop := to.hop
	if pods, port, ok := from.cluster.ownPods(to.host, to.port); ok {
		hop.Cluster, hop.Own = from.cluster.manifests.cluster, true
		if len(pods) == 0 {
			m.fail(noEndpoint, path.where(), "no pod is ready behind %s", hop.Address)
			return hop, false
		}
		return m.arriveAtPods(from, hop, path, from.cluster, pods, port)
	}
	for _, d := range m.clusters {
		service, port, ok := d.gatewayAt(to.host, to.port)
		if !ok {
			continue
		}
		hop.Cluster = d.manifests.cluster
		gateways := d.podsOf(service)
		if len(gateways) == 0 {
			m.fail(noGateway, path.where(), "%s has no ready pod behind Service %s/%s", hop.Cluster, service.Namespace, service.Name)
			return hop, false
		}
		arrived := true
		for _, gateway := range gateways {
			var through bool
			hop, through = m.passGateway(from, hop, path, d, gateway, port.forPod(gateway))
			arrived = arrived && through
		}
		return hop, arrived
	}
	m.fail(unknownEndpoint, path.where(), "no cluster's gateway answers at %s", hop.Address)
	return hop, false
}

// passGateway shows an SNI and ALPN to the gateway of a cluster.
func (m *wholeMesh) passGateway(from caller, hop Hop, path Path, d *cluster, gateway *corev1.Pod, port uint32) (Hop, bool) {
	hop.Gateway = gateway.Namespace + "/" + gateway.Name
	where := fmt.Sprintf("%s: gateway %s of %s, port %d", path.where(), hop.Gateway, hop.Cluster, port)
	v := d.viewOf(gateway)
	if v.err != nil {
		m.broken(noGateway, where, v.err)
		return hop, false
	}
	i := slices.IndexFunc(v.listeners, func(l *listenerv3.Listener) bool {
		return l.GetAddress().GetSocketAddress().GetPortValue() == port
	})
	if i < 0 {
		m.fail(noGateway, where, "it does not listen")
		return hop, false
	}
	chains := v.listeners[i].GetFilterChains()
	if twice := duplicate(chains); twice != "" {
		m.fail(duplicateChain, where, "two filter chains match %s", twice)
		return hop, false
	}
	var hits []*listenerv3.FilterChain
	for _, chain := range chains {
		match := chain.GetFilterChainMatch()
		alpn := match.GetApplicationProtocols()
		if slices.Contains(match.GetServerNames(), path.SNI) && (len(alpn) == 0 || overlap(alpn, path.ALPN)) {
			hits = append(hits, chain)
		}
	}
	if len(hits) != 1 {
		m.fail(noChain, where, "%d filter chains for SNI %q and ALPN %v; it has %s", len(hits), path.SNI, path.ALPN, namesOf(chains))
		return hop, false
	}
	hop.Upstream = xdstest.ExtractTCPProxy(d.life, hits[0]).GetCluster()
	upstream := xdstest.ExtractCluster(hop.Upstream, v.clusters)
	if upstream == nil {
		m.fail(noUpstream, where, "it has no cluster %q", hop.Upstream)
		return hop, false
	}
	targets, err := d.targets(v, upstream)
	if err != nil {
		m.broken(noUpstream, where, err)
		return hop, false
	}
	if len(targets) == 0 {
		m.fail(noUpstream, where, "%s has no healthy endpoint with mutual TLS", hop.Upstream)
		return hop, false
	}
	ok := true
	for _, t := range targets {
		pod := d.byIP[t.host]
		if pod == nil {
			m.fail(noUpstream, where, "%s is no pod", t.hop.Address)
			ok = false
			continue
		}
		var arrived bool
		hop, arrived = m.arriveAtPods(from, hop, path, d, []*corev1.Pod{pod}, portNumber(t.port))
		ok = ok && arrived
	}
	return hop, ok
}

// arriveAtPods holds what the client accepts against who the pods are, and what the pods accept against the client.
func (m *wholeMesh) arriveAtPods(from caller, hop Hop, path Path, d *cluster, pods []*corev1.Pod, port servicePort) (Hop, bool) {
	ok := true
	for _, pod := range pods {
		identity := d.identity(pod)
		if !slices.Contains(hop.Identities, identity) {
			hop.Identities = append(hop.Identities, identity)
		}
		if len(path.SubjectAltNames) > 0 && !slices.Contains(path.SubjectAltNames, identity) {
			m.fail(otherIdentity, path.where(), "%s in %s is %s, the client accepts %v", pod.Name, hop.Cluster, identity, path.SubjectAltNames)
			ok = false
		}
		ok = m.takesInbound(from, path, d, pod, port.forPod(pod)) && ok
	}
	return hop, ok
}

// takesInbound tells whether the pod's sidecar takes mutual TLS from the client on a port of the pod.
func (m *wholeMesh) takesInbound(from caller, path Path, d *cluster, pod *corev1.Pod, port uint32) bool {
	where := fmt.Sprintf("%s: pod %s/%s of %s, port %d", path.where(), pod.Namespace, pod.Name, d.manifests.cluster, port)
	if !hasSidecar(pod) {
		m.fail(noInbound, where, "it has no sidecar")
		return false
	}
	v := d.viewOf(pod)
	if v.err != nil {
		m.broken(noInbound, where, v.err)
		return false
	}
	chain := inboundChain(v, port, path.ALPN)
	context := inboundTLS(chain)
	if !context.GetRequireClientCertificate().GetValue() {
		m.fail(noInbound, where, "its sidecar takes no mutual TLS with ALPN %v", path.ALPN)
		return false
	}
	client := from.cluster.identity(from.pod)
	exact, prefixes := acceptedNames(context.GetCommonTlsContext())
	accepted := len(exact)+len(prefixes) == 0 || slices.Contains(exact, client) ||
		slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(client, p) })
	if !accepted {
		m.fail(callerRefused, where, "it accepts %v, the client is %s", append(exact, prefixes...), client)
		return false
	}
	letIn, err := lets(chain, client, port)
	if err != nil {
		m.fail(unknownPolicy, where, "%v", err)
	} else if !letIn {
		m.fail(callerNotAllowed, where, "its policies do not let %s in", client)
	}
	return letIn
}

// inboundChain is the filter chain of a sidecar for TLS with some ALPN on a port of its pod. Like Envoy, it prefers the one
// that names the ALPN to the one for any.
func inboundChain(v *view, port uint32, alpn []string) *listenerv3.FilterChain {
	var found *listenerv3.FilterChain
	for _, l := range v.listeners {
		if l.GetAddress().GetSocketAddress().GetPortValue() != inboundPort {
			continue
		}
		for _, chain := range l.GetFilterChains() {
			match := chain.GetFilterChainMatch()
			if match.GetDestinationPort().GetValue() != port || match.GetTransportProtocol() != "tls" {
				continue
			}
			named := match.GetApplicationProtocols()
			if overlap(named, alpn) || (len(named) == 0 && found == nil) {
				found = chain
			}
		}
	}
	return found
}

// inboundTLS is what a filter chain asks of TLS; nil where it passes TLS on, or where there is none.
func inboundTLS(chain *listenerv3.FilterChain) *tlsv3.DownstreamTlsContext {
	context := &tlsv3.DownstreamTlsContext{}
	if chain.GetTransportSocket().GetTypedConfig().UnmarshalTo(context) != nil {
		return nil
	}
	return context
}

// duplicate names what two filter chains match alike; Envoy refuses a listener with such.
func duplicate(chains []*listenerv3.FilterChain) string {
	seen := map[string]bool{}
	for _, chain := range chains {
		match := chain.GetFilterChainMatch()
		for _, name := range match.GetServerNames() {
			key := fmt.Sprintf("%s %v", name, match.GetApplicationProtocols())
			if seen[key] {
				return name
			}
			seen[key] = true
		}
	}
	return ""
}

func namesOf(chains []*listenerv3.FilterChain) string {
	var names []string
	for _, chain := range chains {
		names = append(names, chain.GetFilterChainMatch().GetServerNames()...)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

// folders are the names of the folders in a folder, sorted.
func folders(in string) ([]string, error) {
	entries, err := os.ReadDir(in)
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}
