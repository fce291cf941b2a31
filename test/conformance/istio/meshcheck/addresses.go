package main

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// servicePort is a target port: a number, or a name that each pod has a number for.
type servicePort intstr.IntOrString

func portNumber(port uint32) servicePort { return servicePort(intstr.FromInt32(int32(port))) }

func (p servicePort) forPod(pod *corev1.Pod) uint32 {
	if p.Type == intstr.Int {
		return uint32(p.IntVal)
	}
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == p.StrVal {
				return uint32(port.ContainerPort)
			}
		}
	}
	return 0
}

func targetPort(port corev1.ServicePort) servicePort {
	if port.TargetPort == (intstr.IntOrString{}) {
		return portNumber(uint32(port.Port))
	}
	return servicePort(port.TargetPort)
}

// ownPods are the pods behind an endpoint that is a Service or a pod of the cluster itself.
func (c *cluster) ownPods(host string, port uint32) ([]*corev1.Pod, servicePort, bool) {
	if pod := c.byIP[host]; pod != nil {
		return []*corev1.Pod{pod}, portNumber(port), true
	}
	for _, service := range c.services {
		name := fmt.Sprintf("%s.%s.svc.%s", service.Name, service.Namespace, c.domain())
		if host != name && host != service.Spec.ClusterIP {
			continue
		}
		// Its name leads to the pods themselves, which know nothing of ports of a Service.
		if service.Spec.ClusterIP == corev1.ClusterIPNone {
			return c.podsOf(service), portNumber(port), true
		}
		for _, p := range service.Spec.Ports {
			if uint32(p.Port) == port {
				return c.podsOf(service), targetPort(p), true
			}
		}
	}
	return nil, servicePort{}, false
}

// gatewayAt finds the Service that answers at an address and port from outside of the cluster.
func (c *cluster) gatewayAt(host string, port uint32) (*corev1.Service, servicePort, bool) {
	nodes := false
	for _, node := range c.nodes {
		nodes = nodes || slices.ContainsFunc(node.Status.Addresses, func(a corev1.NodeAddress) bool { return a.Address == host })
	}
	for _, service := range c.services {
		balanced := slices.Contains(service.Spec.ExternalIPs, host) || slices.ContainsFunc(service.Status.LoadBalancer.Ingress,
			func(i corev1.LoadBalancerIngress) bool { return i.IP == host || i.Hostname == host })
		for _, p := range service.Spec.Ports {
			if (balanced && uint32(p.Port) == port) || (nodes && uint32(p.NodePort) == port) {
				return service, targetPort(p), true
			}
		}
	}
	return nil, servicePort{}, false
}

// podsOf are the ready pods that a Service selects.
func (c *cluster) podsOf(service *corev1.Service) (found []*corev1.Pod) {
	selector := labels.SelectorFromSet(service.Spec.Selector)
	for _, pod := range c.pods {
		ready := slices.ContainsFunc(pod.Status.Conditions, func(p corev1.PodCondition) bool {
			return p.Type == corev1.PodReady && p.Status == corev1.ConditionTrue
		})
		if ready && pod.Namespace == service.Namespace && len(service.Spec.Selector) > 0 && selector.Matches(labels.Set(pod.Labels)) {
			found = append(found, pod)
		}
	}
	return found
}
