package opcua

import "time"

// What parses bytes or text of others is fuzzed directly.
var (
	Decode           = decode
	ParseCertificate = parseCertificate
	ParseKey         = parseKey
	ParsePattern     = parsePattern
)

// CheckTrust is what open asks about a server that shows a certificate.
func CheckTrust(dir, mode string, der []byte, application string, now time.Time) error {
	_, err := trust{pki: PKI{dir}, source: "press", strict: mode == Strict}.check(der, application, now)
	return err
}

func (p pattern) Match(names []string) bool { return p.match(names) }
func (p pattern) Leads(names []string) bool { return p.leads(names) }
