package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Verdict is what was found out about one mesh.
type Verdict struct {
	Name  string `json:"name"`
	Istio string `json:"istio"`
	// Paths are proven from end to end.
	Paths    []Path    `json:"paths"`
	Failures []Failure `json:"failures"`
	Warnings []string  `json:"warnings"`
	// Made is there for Gateways of the Kubernetes Gateway API.
	Made []Made `json:"made"`
	// Routes are what sidecars do with requests for a host, where that is more than to send them there.
	Routes []Routes `json:"routes"`
	// Hidden counts pairs of a pod and a host's port that exportTo keeps apart.
	Hidden  int     `json:"hidden"`
	Seconds float64 `json:"seconds"`
}

// Path leads from a pod with a sidecar to the pods behind a host, for one port and subset.
type Path struct {
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`
	Pod       string `json:"pod"`
	// Zone is the client's, as `region/zone`; empty when its node has none.
	Zone   string `json:"zone"`
	Host   string `json:"host"`
	Port   uint32 `json:"port"`
	Subset string `json:"subset"`
	// By is how the sidecar knows the host: `route` or `listener`.
	By              string   `json:"by"`
	Address         string   `json:"address"`
	SNI             string   `json:"sni"`
	ALPN            []string `json:"alpn"`
	SubjectAltNames []string `json:"subjectAltNames"`
	// Settings of connections and of the choice among endpoints, as Envoy has them; without Istio's defaults.
	Settings  map[string]string `json:"settings"`
	Endpoints []Hop             `json:"endpoints"`
}

// Hop is one endpoint of a host, and what is behind it.
type Hop struct {
	Address string `json:"address"`
	// Cluster in which it ends; Own when that is the client's and no gateway is between.
	Cluster string `json:"cluster"`
	Own     bool   `json:"own"`
	// Priority 0 is tried first; a higher one only when the lower ones fail.
	Priority uint32 `json:"priority"`
	// Weight among the endpoints of its locality, and LocalityWeight among the localities of its priority; 0 when unset.
	Weight         uint32 `json:"weight"`
	LocalityWeight uint32 `json:"localityWeight"`
	Locality       string `json:"locality"`
	// Gateway is the pod, Upstream its cluster behind the SNI.
	Gateway  string `json:"gateway,omitempty"`
	Upstream string `json:"upstream,omitempty"`
	// Identities of the pods in which the request can arrive.
	Identities []string `json:"identities"`
}

// Failure is one reason for which a mesh, or a path through it, does not work.
type Failure struct {
	// Code is stable: see the constants below.
	Code   string `json:"code"`
	Where  string `json:"where"`
	Detail string `json:"detail"`
}

// The codes of failures.
const (
	unreadable       = "unreadable"         // files that cannot be read or built
	invalid          = "invalid"            // Istio's validation refuses an object
	startFailed      = "start"              // the control plane does not start
	panicked         = "panic"              // Istio's own code panics
	notVisible       = "not-visible"        // exportTo shows a host to a pod, and its sidecar does not know it
	noName           = "no-name"            // no route or listener leads to the host by name and address
	noCluster        = "no-cluster"         // a route leads to what the sidecar does not know
	noDNS            = "no-dns"             // the sidecar's DNS proxy does not answer with the host's address
	plainText        = "plain-text"         // no TLS, or no client certificate
	noEndpoint       = "no-endpoint"        // the host has none
	unknownEndpoint  = "unknown-address"    // an endpoint at which no cluster's gateway answers
	noGateway        = "no-gateway"         // nothing listens where the gateway's Service leads
	duplicateChain   = "duplicate-chain"    // Envoy would refuse the gateway's listener
	noChain          = "no-filter-chain"    // the gateway does not know the SNI, or not for this ALPN
	noUpstream       = "no-upstream"        // no healthy endpoint with mutual TLS behind the gateway
	otherIdentity    = "other-identity"     // the pod is none that the client accepts
	noInbound        = "no-inbound"         // the pod's sidecar does not take mutual TLS on that port
	callerRefused    = "caller-refused"     // the pod's sidecar does not accept the client's trust domain
	callerNotAllowed = "caller-not-allowed" // a policy of the pod does not let the client in
	unknownPolicy    = "unknown-policy"     // a policy of the pod asks what is not known here
)

func showJSON(to io.Writer, v Verdict) {
	line, err := json.Marshal(v)
	if err != nil {
		panic(err) // Nothing in it can be unfit for JSON.
	}
	fmt.Fprintf(to, "%s\n", line)
}

func showText(to io.Writer, v Verdict) {
	for _, p := range v.Paths {
		fmt.Fprintf(to, "ok   %s\n     %s, by %s at %s\n     sni %s, alpn %s\n", p.where(), p.zoneText(), p.By, p.Address,
			p.SNI, strings.Join(p.ALPN, " "))
		for _, hop := range p.Endpoints {
			fmt.Fprintf(to, "     %s\n", hop.text())
		}
	}
	for _, warning := range v.Warnings {
		fmt.Fprintf(to, "warn %s\n", warning)
	}
	for _, f := range v.Failures {
		fmt.Fprintf(to, "FAIL %s: %s: %s\n", f.Code, f.Where, f.Detail)
	}
	fmt.Fprintf(to, "%s: %d paths proven, %d failures, %d hidden by exportTo, Istio %s, %.2f s\n", v.Name, len(v.Paths),
		len(v.Failures), v.Hidden, v.Istio, v.Seconds)
}

func (p Path) where() string {
	subset := ""
	if p.Subset != "" {
		subset = " subset " + p.Subset
	}
	return fmt.Sprintf("%s %s/%s -> %s:%d%s", p.Cluster, p.Namespace, p.Pod, p.Host, p.Port, subset)
}

func (p Path) zoneText() string {
	if p.Zone == "" {
		return "from no zone"
	}
	return "from " + p.Zone
}

func (h Hop) text() string {
	way := "by itself"
	if !h.Own {
		way = fmt.Sprintf("through %s to %s", h.Gateway, h.Upstream)
	}
	return fmt.Sprintf("priority %d weight %d/%d %s in %s %s: %s", h.Priority, h.LocalityWeight, h.Weight, h.Address,
		h.Cluster, way, strings.Join(h.Identities, " "))
}
