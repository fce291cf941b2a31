package main

import (
	"fmt"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/durationpb"

	"istio.io/istio/pilot/test/xdstest"
)

// settingsOf are those of an Envoy cluster, and of the routes and listeners that lead to it, as texts by name; what has
// Istio's default is not among them.
func settingsOf(v *view, of *clusterv3.Cluster) map[string]string {
	found := map[string]string{}
	put := func(name, format string, value any) { found[name] = fmt.Sprintf(format, value) }
	duration := func(name string, value *durationpb.Duration, usual string) {
		if value != nil && value.AsDuration().String() != usual {
			put(name, "%s", value.AsDuration())
		}
	}
	if of.GetLbPolicy() != clusterv3.Cluster_LEAST_REQUEST {
		put("policy", "%s", of.GetLbPolicy())
	}
	duration("connectTimeout", of.GetConnectTimeout(), "10s")
	for _, threshold := range of.GetCircuitBreakers().GetThresholds() {
		for name, value := range map[string]uint32{
			"maxConnections":          threshold.GetMaxConnections().GetValue(),
			"http1MaxPendingRequests": threshold.GetMaxPendingRequests().GetValue(),
			"http2MaxRequests":        threshold.GetMaxRequests().GetValue(),
			"maxRetries":              threshold.GetMaxRetries().GetValue(),
		} {
			if value != 4294967295 {
				put(name, "%d", value)
			}
		}
	}
	if keepalive := of.GetUpstreamConnectionOptions().GetTcpKeepalive(); keepalive != nil {
		found["tcpKeepalive"] = fmt.Sprintf("%d %d %d", keepalive.GetKeepaliveProbes().GetValue(),
			keepalive.GetKeepaliveTime().GetValue(), keepalive.GetKeepaliveInterval().GetValue())
	}
	options := &httpv3.HttpProtocolOptions{}
	if any := of.GetTypedExtensionProtocolOptions()["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]; any != nil {
		if any.UnmarshalTo(options) == nil {
			common := options.GetCommonHttpProtocolOptions()
			duration("idleTimeout", common.GetIdleTimeout(), "")
			duration("maxConnectionDuration", common.GetMaxConnectionDuration(), "")
			if requests := common.GetMaxRequestsPerConnection().GetValue(); requests > 0 {
				put("maxRequestsPerConnection", "%d", requests)
			}
			if options.GetExplicitHttpConfig().GetHttp2ProtocolOptions() != nil {
				found["http2"] = "true"
			}
		}
	}
	for _, routes := range v.routes {
		for _, host := range routes.GetVirtualHosts() {
			for _, route := range host.GetRoutes() {
				if route.GetRoute().GetCluster() != of.GetName() {
					continue
				}
				for _, hash := range route.GetRoute().GetHashPolicy() {
					switch {
					case hash.GetHeader() != nil:
						found["hash"] = "header " + hash.GetHeader().GetHeaderName()
					case hash.GetCookie() != nil:
						found["hash"] = "cookie " + hash.GetCookie().GetName()
					case hash.GetQueryParameter() != nil:
						found["hash"] = "parameter " + hash.GetQueryParameter().GetName()
					case hash.GetConnectionProperties().GetSourceIp():
						found["hash"] = "source"
					}
				}
			}
		}
	}
	for _, listener := range v.listeners {
		for _, chain := range listener.GetFilterChains() {
			tcp := xdstest.ExtractTCPProxy(nil, chain)
			if tcp.GetCluster() != of.GetName() {
				continue
			}
			listenerSettings(tcp, found, duration)
		}
	}
	return found
}

func listenerSettings(tcp *tcpv3.TcpProxy, found map[string]string, duration func(string, *durationpb.Duration, string)) {
	duration("listener idleTimeout", tcp.GetIdleTimeout(), "")
	duration("listener maxConnectionDuration", tcp.GetMaxDownstreamConnectionDuration(), "")
	for _, hash := range tcp.GetHashPolicy() {
		if hash.GetSourceIp() != nil {
			found["hash"] = "source"
		}
	}
}
