package opcua

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/gopcua/opcua/ua"
)

// errSecurity marks a configuration or server that is less safe than allowed.
var errSecurity = errors.New("security")

const tcpTransport = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary"

// policies are the security policies that are used, better ones higher.
var policies = map[string]int{
	ua.SecurityPolicyURINone:                0,
	ua.SecurityPolicyURIAes128Sha256RsaOaep: 1,
	ua.SecurityPolicyURIBasic256Sha256:      2,
	ua.SecurityPolicyURIAes256Sha256RsaPss:  3,
}

// modes are the message security modes, better ones higher.
var modes = map[string]ua.MessageSecurityMode{
	None: ua.MessageSecurityModeNone, "Sign": ua.MessageSecurityModeSign, "SignAndEncrypt": ua.MessageSecurityModeSignAndEncrypt,
}

// checkSecurity says what is wrong with the configured policy and mode.
func checkSecurity(policy, mode string, allowInsecure bool) error {
	if policy == "Basic128Rsa15" || policy == "Basic256" {
		return fmt.Errorf("%w: policy %s rests on broken cryptography and is refused; use one of %s", errSecurity, policy, policyNames())
	}
	if _, known := policies[policyURI(policy)]; !known && policy != Auto {
		return fmt.Errorf("%w: unknown policy %q; use %s or one of %s", errSecurity, policy, Auto, policyNames())
	}
	if _, known := modes[mode]; !known && mode != Auto {
		return fmt.Errorf("%w: unknown mode %q; use %s, SignAndEncrypt, Sign or None", errSecurity, mode, Auto)
	}
	if policy != Auto && mode != Auto && (policy == None) != (mode == None) {
		return fmt.Errorf("%w: policy %s does not go with mode %s", errSecurity, policy, mode)
	}
	if (policy == None || mode == None) && !allowInsecure {
		return fmt.Errorf("%w: None sends data and passwords in the clear to a server nobody has checked; it needs allow_insecure: true", errSecurity)
	}
	return nil
}

func policyURI(name string) string { return "http://opcfoundation.org/UA/SecurityPolicy#" + name }

func policyName(uri string) string {
	_, name, _ := strings.Cut(uri, "#")
	return name
}

func policyNames() string {
	byRank := func(a, b string) int { return cmp.Compare(policies[b], policies[a]) }
	var names []string
	for _, uri := range slices.SortedFunc(maps.Keys(policies), byRank) {
		names = append(names, policyName(uri))
	}
	return strings.Join(names, ", ")
}

// choose picks the safest endpoint that the configuration allows: encrypted before signed, then by policy.
func choose(offered []*ua.EndpointDescription, c Config) (*ua.EndpointDescription, error) {
	var best *ua.EndpointDescription
	var list []string
	for _, e := range offered {
		if e == nil {
			continue
		}
		list = append(list, policyName(e.SecurityPolicyURI)+"/"+modeName(e.SecurityMode))
		if c.fits(e) && (best == nil || rank(e) > rank(best)) {
			best = e
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%w: no endpoint with policy %s, mode %s and %s; the server offers %s", errSecurity, c.Policy, c.Mode,
			tokenName(c.token()), strings.Join(list, ", "))
	}
	return best, nil
}

func rank(e *ua.EndpointDescription) int {
	return int(e.SecurityMode)*len(policies) + policies[e.SecurityPolicyURI]
}

func (c Config) fits(e *ua.EndpointDescription) bool {
	_, known := policies[e.SecurityPolicyURI]
	insecure := e.SecurityPolicyURI == ua.SecurityPolicyURINone || e.SecurityMode == ua.MessageSecurityModeNone
	return known &&
		(!insecure || c.AllowInsecure) &&
		(c.Policy == Auto || policyURI(c.Policy) == e.SecurityPolicyURI) &&
		(c.Mode == Auto || modes[c.Mode] == e.SecurityMode) &&
		(e.TransportProfileURI == "" || e.TransportProfileURI == tcpTransport) &&
		slices.ContainsFunc(e.UserIdentityTokens, func(t *ua.UserTokenPolicy) bool { return t != nil && t.TokenType == c.token() })
}

func modeName(m ua.MessageSecurityMode) string {
	for name, mode := range modes {
		if mode == m {
			return name
		}
	}
	return "Invalid"
}

// sessionURL takes the announced path but keeps host and port of the configuration: servers behind NAT or with a stale host name announce
// addresses that cannot be reached from here.
func sessionURL(configured, announced string) string {
	c, err := url.Parse(configured)
	if err != nil {
		return configured
	}
	a, err := url.Parse(announced)
	if err != nil || a.Path == "" {
		return configured
	}
	c.Path = a.Path
	if c.Port() == "" {
		c.Host = net.JoinHostPort(c.Hostname(), "4840")
	}
	return c.String()
}
