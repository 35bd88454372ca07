package opcua_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors/opcua"
)

func FuzzNodeID(f *testing.F) {
	for _, s := range []string{"ns=1;s=V000", "nsu=urn:vendor:press;s=Press.Force", "i=2258", "ns=2;g=09087e75-8e5e-499b-954f-f2a9603db28a",
		"nsu=;s=x", "nsu=urn:x", "nsu=urn:x;ns=2;s=x", "ns=99999;s=x", "ns=2;b=M/RbKBsRVkePCePcx24oRA==", "V000", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := opcua.New(opcua.Config{Name: "x", Endpoint: "opc.tcp://h", PKI: "pki", Host: "h", Nodes: []opcua.Node{{Tag: "a", NodeID: s}}})
		if err != nil && !strings.Contains(err.Error(), "tag a: node id") {
			t.Errorf("%q: the error does not say which node: %v", s, err)
		}
		if err == nil && !strings.Contains(s, "=") {
			t.Errorf("%q was accepted", s)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, v := range []any{1.5, int32(-3), true, "open", time.Unix(1_700_000_000, 0), []float32{1, 2}, []string{"a"}, ua.NewLocalizedText("x")} {
		b, err := dataValue(v, ua.StatusOK, time.Unix(1_700_000_000, 0)).Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		dv := libraryDecode(b)
		if dv == nil {
			return
		}
		for _, kind := range []series.Kind{"", series.Number, series.Bool, series.Text, series.Wave} {
			s, err := opcua.Decode("a", kind, dv, 7)
			if err != nil {
				continue
			}
			if s.Tag != "a" || s.Receive != 7 || s.Status != uint32(dv.Status) || s.Source < 0 {
				t.Errorf("sample %+v of %+v", s, dv)
			}
			if kind == series.Text && !math.IsNaN(s.Value) || kind == series.Number && (s.Text != "" || s.Wave != nil) {
				t.Errorf("%s carries something else: %+v", kind, s)
			}
		}
	})
}

// libraryDecode reads a value as the library does, nil when it is none. The library panics over arrays of negative length.
func libraryDecode(b []byte) (dv *ua.DataValue) {
	defer func() {
		if recover() != nil {
			dv = nil
		}
	}()
	dv = new(ua.DataValue)
	if _, err := dv.Decode(b); err != nil {
		return nil
	}
	return dv
}

func FuzzParseCertificate(f *testing.F) {
	_, der, err := serverCertificate(time.Now(), time.Now().AddDate(1, 0, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if cert, err := opcua.ParseCertificate(b); (cert == nil) == (err == nil) {
			t.Errorf("certificate %v, error %v", cert, err)
		}
		if key, err := opcua.ParseKey(b); (key == nil) == (err == nil) {
			t.Errorf("key %v, error %v", key, err)
		}
	})
}
