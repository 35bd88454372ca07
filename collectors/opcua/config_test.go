package opcua_test

import (
	"testing"

	"edgelabel/collectors/opcua"
)

func TestNewReportsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := opcua.New(opcua.Config{Name: "press", Endpoint: "http://plc", Policy: "Basic256", Nodes: []opcua.Node{
		{Tag: "a", NodeID: "V000"}, {Tag: "b", NodeID: "ns=1;s=x", Kind: "matrix"}}})
	if err == nil || !contains(err.Error(), "source press", "expected opc.tcp://", "Basic256 rests on broken cryptography", "no folder for certificates",
		"tag a", "tag b", "matrix") {
		t.Errorf("err = %v", err)
	}
}

func TestNewChecksSecurity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy, mode string
		insecure     bool
		want         string // empty: accepted
	}{
		{"", "", false, ""},
		{"Basic256Sha256", "Sign", false, ""},
		{"Aes256_Sha256_RsaPss", "auto", false, ""},
		{"None", "None", true, ""},
		{"None", "None", false, "allow_insecure"},
		{"auto", "None", false, "allow_insecure"},
		{"Basic256Sha256", "None", true, "does not go with"},
		{"None", "Sign", true, "does not go with"},
		{"Basic128Rsa15", "Sign", true, "broken cryptography"},
		{"Best", "Sign", false, "unknown policy"},
		{"auto", "Secret", false, "unknown mode"},
	} {
		_, err := opcua.New(opcua.Config{Name: "x", Endpoint: "opc.tcp://plc:4840", PKI: "pki", Policy: c.policy, Mode: c.mode, AllowInsecure: c.insecure})
		if (err == nil) != (c.want == "") || err != nil && !contains(err.Error(), c.want) {
			t.Errorf("%s/%s insecure=%v: %v", c.policy, c.mode, c.insecure, err)
		}
	}
}
