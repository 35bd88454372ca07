package opcua

import (
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

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

// TakeEvents is what one Event makes of events that come one after another.
func TakeEvents(e Event, events ...[]*ua.Variant) (all []series.Sample) {
	w := newWatch(e)
	for _, fields := range events {
		samples, _ := w.take(fields, 7)
		all = append(all, samples...)
	}
	return all
}

// TakeEvent is what an Event makes of a single one.
func TakeEvent(e Event, fields []*ua.Variant, now int64) []series.Sample {
	samples, _ := newWatch(e).take(fields, now)
	return samples
}
