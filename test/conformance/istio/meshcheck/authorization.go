package main

import (
	"fmt"
	"regexp"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	httprbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	netrbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// lets tells whether the policies on a filter chain of a pod let a client in on a port of the pod. What they ask beside
// port and identity is not known here, and an error.
func lets(chain *listenerv3.FilterChain, client string, port uint32) (bool, error) {
	for _, rules := range rulesOn(chain) {
		matched := false
		for name, policy := range rules.GetPolicies() {
			fits, err := policyFits(policy, client, port)
			if err != nil {
				return false, fmt.Errorf("%s: %w", name, err)
			}
			matched = matched || fits
		}
		switch rules.GetAction() {
		case rbacv3.RBAC_ALLOW:
			if !matched {
				return false, nil
			}
		case rbacv3.RBAC_DENY:
			if matched {
				return false, nil
			}
		}
	}
	return true, nil
}

// rulesOn are those that count; what runs on trial only does not.
func rulesOn(chain *listenerv3.FilterChain) (found []*rbacv3.RBAC) {
	for _, filter := range chain.GetFilters() {
		tcp, http := &netrbacv3.RBAC{}, &hcmv3.HttpConnectionManager{}
		switch {
		case filter.GetTypedConfig().MessageIs(tcp):
			if filter.GetTypedConfig().UnmarshalTo(tcp) == nil && tcp.GetRules() != nil {
				found = append(found, tcp.GetRules())
			}
		case filter.GetTypedConfig().MessageIs(http):
			if filter.GetTypedConfig().UnmarshalTo(http) != nil {
				continue
			}
			for _, inner := range http.GetHttpFilters() {
				rbac := &httprbacv3.RBAC{}
				if inner.GetTypedConfig().UnmarshalTo(rbac) == nil && rbac.GetRules() != nil {
					found = append(found, rbac.GetRules())
				}
			}
		}
	}
	return found
}

func policyFits(policy *rbacv3.Policy, client string, port uint32) (bool, error) {
	toPort, err := anyOf(policy.GetPermissions(), func(p *rbacv3.Permission) (bool, error) { return permits(p, port) })
	if err != nil || !toPort {
		return false, err
	}
	return anyOf(policy.GetPrincipals(), func(p *rbacv3.Principal) (bool, error) { return isMeant(p, client) })
}

func permits(p *rbacv3.Permission, port uint32) (bool, error) {
	inner := func(p *rbacv3.Permission) (bool, error) { return permits(p, port) }
	switch rule := p.GetRule().(type) {
	case *rbacv3.Permission_Any:
		return rule.Any, nil
	case *rbacv3.Permission_AndRules:
		return allOf(rule.AndRules.GetRules(), inner)
	case *rbacv3.Permission_OrRules:
		return anyOf(rule.OrRules.GetRules(), inner)
	case *rbacv3.Permission_NotRule:
		is, err := inner(rule.NotRule)
		return !is, err
	case *rbacv3.Permission_DestinationPort:
		return rule.DestinationPort == port, nil
	}
	return false, fmt.Errorf("a permission of kind %T", p.GetRule())
}

func isMeant(p *rbacv3.Principal, client string) (bool, error) {
	inner := func(p *rbacv3.Principal) (bool, error) { return isMeant(p, client) }
	switch id := p.GetIdentifier().(type) {
	case *rbacv3.Principal_Any:
		return id.Any, nil
	case *rbacv3.Principal_AndIds:
		return allOf(id.AndIds.GetIds(), inner)
	case *rbacv3.Principal_OrIds:
		return anyOf(id.OrIds.GetIds(), inner)
	case *rbacv3.Principal_NotId:
		is, err := inner(id.NotId)
		return !is, err
	case *rbacv3.Principal_Authenticated_:
		return textFits(id.Authenticated.GetPrincipalName(), client)
	}
	return false, fmt.Errorf("a principal of kind %T", p.GetIdentifier())
}

func textFits(m *matcherv3.StringMatcher, text string) (bool, error) {
	switch pattern := m.GetMatchPattern().(type) {
	case nil:
		return true, nil
	case *matcherv3.StringMatcher_Exact:
		return text == pattern.Exact, nil
	case *matcherv3.StringMatcher_Prefix:
		return strings.HasPrefix(text, pattern.Prefix), nil
	case *matcherv3.StringMatcher_Suffix:
		return strings.HasSuffix(text, pattern.Suffix), nil
	case *matcherv3.StringMatcher_SafeRegex:
		return regexp.MatchString("^(?:"+pattern.SafeRegex.GetRegex()+")$", text)
	}
	return false, fmt.Errorf("a pattern of kind %T", m.GetMatchPattern())
}

func anyOf[T any](all []T, fits func(T) (bool, error)) (bool, error) {
	for _, one := range all {
		if is, err := fits(one); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

func allOf[T any](all []T, fits func(T) (bool, error)) (bool, error) {
	for _, one := range all {
		if is, err := fits(one); !is || err != nil {
			return false, err
		}
	}
	return true, nil
}
