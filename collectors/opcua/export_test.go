package opcua

// What parses bytes or text of others is fuzzed directly.
var (
	Decode           = decode
	ParseCertificate = parseCertificate
	ParseKey         = parseKey
)
