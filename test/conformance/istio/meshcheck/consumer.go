package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	networking "istio.io/api/networking/v1alpha3"
	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/test/xdstest"
)

// wholeMesh is all clusters of one mesh, and what is found out about them.
type wholeMesh struct {
	clusters []*cluster
	verdict  Verdict
}

// check judges one mesh.
func check(in input, planes *planes) Verdict {
	started := time.Now()
	m := &wholeMesh{verdict: Verdict{
		Name: in.Name, Istio: istioVersion, Paths: []Path{}, Failures: []Failure{}, Warnings: []string{}, Made: []Made{},
		Routes: []Routes{},
	}}
	names, err := folders(in.Rendered)
	if err != nil {
		m.fail(unreadable, in.Rendered, "%v", err)
	}
	for _, name := range names {
		read := readManifests(name, in.Rendered, in.Apps)
		m.verdict.Failures = append(m.verdict.Failures, read.failures...)
		m.verdict.Warnings = append(m.verdict.Warnings, read.warnings...)
		c, err := planes.get(read)
		if err != nil {
			m.broken(startFailed, name, err)
			continue
		}
		m.clusters = append(m.clusters, c)
		m.verdict.Made = append(m.verdict.Made, c.made...)
	}
	for _, c := range m.clusters {
		for _, pod := range c.pods {
			if hasSidecar(pod) {
				m.followFrom(c, pod)
			}
		}
	}
	planes.trim()
	m.verdict.Seconds = time.Since(started).Seconds()
	return m.verdict
}

func (m *wholeMesh) fail(code, where, format string, args ...any) {
	m.verdict.Failures = append(m.verdict.Failures, Failure{code, where, fmt.Sprintf(format, args...)})
}

// broken tells an error of Istio's code: a panic by its own code, anything else by the given one.
func (m *wholeMesh) broken(code, where string, err error) {
	if _, ok := err.(*istioPanic); ok {
		code = panicked
	}
	m.fail(code, where, "%v", err)
}

// followFrom follows every path that begins in a pod.
func (m *wholeMesh) followFrom(c *cluster, pod *corev1.Pod) {
	if len(c.entries()) == 0 {
		return
	}
	v := c.viewOf(pod)
	if v.err != nil {
		m.broken(startFailed, fmt.Sprintf("%s %s/%s", c.manifests.cluster, pod.Namespace, pod.Name), v.err)
		return
	}
	for _, e := range c.entries() {
		for _, host := range e.spec.Hosts {
			for _, port := range e.spec.Ports {
				m.followPort(caller{c, pod, v}, e, host, port)
			}
		}
	}
}

// caller is the pod in which a path begins.
type caller struct {
	cluster *cluster
	pod     *corev1.Pod
	view    *view
}

func (m *wholeMesh) followPort(from caller, e entry, host string, port *networking.ServicePort) {
	path := Path{
		Cluster: from.cluster.manifests.cluster, Namespace: from.pod.Namespace, Pod: from.pod.Name, Host: host, Port: port.Number,
		Zone: zoneOf(from.view.proxy.Locality), Address: strings.Join(e.spec.Addresses, " "),
		ALPN: []string{}, SubjectAltNames: []string{}, Endpoints: []Hop{},
	}
	known := clustersOf(from.view, host, port.Number)
	if len(known) == 0 {
		if e.shownTo(from.pod.Namespace) {
			m.fail(notVisible, path.where(), "exportTo shows the host to this namespace, and its sidecars do not know it")
		} else {
			m.verdict.Hidden++
		}
		return
	}
	path.By = m.nameLeads(from.view, e, path)
	for _, of := range known {
		path.Subset = strings.Split(of.GetName(), "|")[2]
		m.followCluster(from, of, path)
	}
}

// clustersOf are those of a host's port: one, and one for each subset.
func clustersOf(v *view, host string, port uint32) (found []*clusterv3.Cluster) {
	for _, of := range v.clusters {
		// outbound|8000|v2|svc-2.bar.global
		parts := strings.Split(of.GetName(), "|")
		if len(parts) == 4 && parts[0] == "outbound" && parts[1] == strconv.Itoa(int(port)) && parts[3] == host {
			found = append(found, of)
		}
	}
	return found
}

// nameLeads tells how a request for the host gets to its Envoy cluster, by its name and by its address.
func (m *wholeMesh) nameLeads(v *view, e entry, path Path) string {
	for _, address := range e.spec.Addresses {
		if !slices.Contains(v.names[path.Host], address) {
			m.fail(noDNS, path.where(), "the sidecar's DNS proxy answers %v, not %s", v.names[path.Host], address)
		}
	}
	target := fmt.Sprintf("outbound|%d||%s", path.Port, path.Host)
	if host := virtualHost(v, path); host != nil {
		if len(e.spec.Addresses) > 0 && !overlap(host.GetDomains(), e.spec.Addresses) {
			m.fail(noName, path.where(), "the route does not know its address %v", e.spec.Addresses)
		}
		m.readRoutes(v, host.GetRoutes(), path)
		return "route"
	}
	for _, listener := range v.listeners {
		address := listener.GetAddress().GetSocketAddress()
		if address.GetPortValue() != path.Port || !slices.Contains(e.spec.Addresses, address.GetAddress()) {
			continue
		}
		for _, chain := range listener.GetFilterChains() {
			if tcp := xdstest.ExtractTCPProxy(nil, chain); tcp.GetCluster() == target {
				return "listener"
			}
		}
	}
	m.fail(noName, path.where(), "no route or listener leads to %s", target)
	return ""
}

// followCluster follows one Envoy cluster; the path is proven when every endpoint of it leads to its end.
func (m *wholeMesh) followCluster(from caller, of *clusterv3.Cluster, path Path) {
	before := len(m.verdict.Failures)
	targets, err := from.cluster.targets(from.view, of)
	if err != nil {
		m.broken(noEndpoint, path.where(), err)
		return
	}
	if len(targets) == 0 {
		m.fail(noEndpoint, path.where(), "%s has no endpoint", of.GetName())
	}
	path.Settings = settingsOf(from.view, of)
	path.Endpoints = make([]Hop, 0, len(targets))
	for _, to := range targets {
		if to.tls == nil || !showsCertificate(to.tls) {
			m.fail(plainText, path.where(), "%s is dialled without the certificate of the workload", to.hop.Address)
			continue
		}
		common := to.tls.GetCommonTlsContext()
		exact, _ := acceptedNames(common)
		path.SNI, path.ALPN, path.SubjectAltNames = to.tls.GetSni(), common.GetAlpnProtocols(), append([]string{}, exact...)
		if len(exact) == 0 {
			m.warn("%s: any workload of the mesh could answer, since no identity is asked for", path.where())
		}
		hop, ok := m.arrive(from, to, path)
		if ok {
			path.Endpoints = append(path.Endpoints, hop)
		}
	}
	if len(m.verdict.Failures) == before && path.By != "" {
		m.verdict.Paths = append(m.verdict.Paths, path)
	}
}

func (m *wholeMesh) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(m.verdict.Warnings, text) {
		m.verdict.Warnings = append(m.verdict.Warnings, text)
	}
}
