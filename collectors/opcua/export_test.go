package opcua

// What parses bytes or text of others is fuzzed directly.
var (
	Decode           = decode
	ParseCertificate = parseCertificate
	ParseKey         = parseKey
	ParsePattern     = parsePattern
)

func (p pattern) Match(names []string) bool { return p.match(names) }
func (p pattern) Leads(names []string) bool { return p.leads(names) }
