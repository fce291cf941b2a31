package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"istio.io/istio/pilot/test/xdstest"
)

// Routes are those of one host and port, in the order in which a pod's sidecar tries them.
type Routes struct {
	Cluster   string  `json:"cluster"`
	Namespace string  `json:"namespace"`
	Pod       string  `json:"pod"`
	Host      string  `json:"host"`
	Port      uint32  `json:"port"`
	Routes    []Route `json:"routes"`
}

// Route is what is done with the requests that match.
type Route struct {
	// Match is sorted: `header x-user exact jason`, `path prefix /api`; empty when all requests match.
	Match []string `json:"match"`
	// To has percent by subset; the empty subset is the whole host.
	To map[string]uint32 `json:"to"`
	// Timeout in milliseconds; 0 for none.
	Timeout int64 `json:"timeout"`
	// Attempts after the first, and when there are any.
	Attempts uint32 `json:"attempts"`
	RetryOn  string `json:"retryOn"`
	// PerTry in milliseconds; 0 for none.
	PerTry int64 `json:"perTry"`
}

// virtualHost is where the sidecar has the routes of a host's port; nil where the port knows no requests.
func virtualHost(v *view, path Path) *routev3.VirtualHost {
	withPort := fmt.Sprintf("%s:%d", path.Host, path.Port)
	for _, config := range v.routes {
		// A configuration is named by its port.
		if config.GetName() != strconv.Itoa(int(path.Port)) && config.GetName() != withPort {
			continue
		}
		for _, host := range config.GetVirtualHosts() {
			if overlap(host.GetDomains(), []string{path.Host, withPort}) && len(host.GetRoutes()) > 0 {
				return host
			}
		}
	}
	return nil
}

// readRoutes reports the routes of a host, and fails where one leads elsewhere or nowhere.
func (m *wholeMesh) readRoutes(v *view, routes []*routev3.Route, path Path) {
	read := Routes{
		Cluster: path.Cluster, Namespace: path.Namespace, Pod: path.Pod, Host: path.Host, Port: path.Port, Routes: []Route{},
	}
	for _, route := range routes {
		action := route.GetRoute()
		retry := action.GetRetryPolicy()
		made := Route{
			Match: matchOf(route.GetMatch()), To: map[string]uint32{}, Timeout: action.GetTimeout().AsDuration().Milliseconds(),
			Attempts: retry.GetNumRetries().GetValue(), RetryOn: retry.GetRetryOn(),
			PerTry: retry.GetPerTryTimeout().AsDuration().Milliseconds(),
		}
		weights := map[string]uint32{}
		for _, weighted := range action.GetWeightedClusters().GetClusters() {
			weights[weighted.GetName()] = weighted.GetWeight().GetValue()
		}
		if len(weights) == 0 {
			weights[action.GetCluster()] = 100
		}
		for name, percent := range weights {
			// outbound|8000|v2|svc-2.bar.global
			parts := strings.Split(name, "|")
			if len(parts) != 4 || parts[1] != strconv.Itoa(int(path.Port)) || parts[3] != path.Host {
				m.fail(noName, path.where(), "a route leads to %q", name)
				continue
			}
			if xdstest.ExtractCluster(name, v.clusters) == nil {
				m.fail(noCluster, path.where(), "a route leads to %q, which the sidecar does not know", name)
			}
			made.To[parts[2]] = percent
		}
		read.Routes = append(read.Routes, made)
	}
	m.verdict.Routes = append(m.verdict.Routes, read)
}

func matchOf(match *routev3.RouteMatch) []string {
	found := []string{}
	switch {
	case match.GetPath() != "":
		found = append(found, "path exact "+match.GetPath())
	case match.GetSafeRegex() != nil:
		found = append(found, "path regex "+match.GetSafeRegex().GetRegex())
	case match.GetPathSeparatedPrefix() != "":
		found = append(found, "path prefix "+match.GetPathSeparatedPrefix())
	case match.GetPrefix() != "/":
		found = append(found, "path prefix "+match.GetPrefix())
	}
	for _, header := range match.GetHeaders() {
		text := header.GetStringMatch()
		switch {
		case text.GetExact() != "":
			found = append(found, fmt.Sprintf("header %s exact %s", header.GetName(), text.GetExact()))
		case text.GetPrefix() != "":
			found = append(found, fmt.Sprintf("header %s prefix %s", header.GetName(), text.GetPrefix()))
		case text.GetSafeRegex() != nil:
			found = append(found, fmt.Sprintf("header %s regex %s", header.GetName(), text.GetSafeRegex().GetRegex()))
		default:
			found = append(found, fmt.Sprintf("header %s %v", header.GetName(), header))
		}
	}
	slices.Sort(found)
	return found
}
