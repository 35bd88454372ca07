package label_test

import (
	"encoding/json"
	"testing"

	"edgelabel/agent/label"
)

func TestVerdictAsText(t *testing.T) {
	for v, name := range map[label.Verdict]string{
		label.Undefined: "undefined", label.OK: "ok", label.NotOK: "not_ok", label.NotDecidable: "not_decidable",
	} {
		b, err := json.Marshal(v)
		if err != nil || string(b) != `"`+name+`"` {
			t.Errorf("%d: %s, %v", v, b, err)
		}
		var back label.Verdict
		if err := json.Unmarshal(b, &back); err != nil || back != v {
			t.Errorf("%s comes back as %v, %v", b, back, err)
		}
		if v.String() != name {
			t.Errorf("%d prints as %q", v, v)
		}
	}
	// The numbers are those of OPC 40001-101.
	if label.Undefined != 0 || label.OK != 1 || label.NotOK != 2 || label.NotDecidable != 3 {
		t.Error("numbers have changed")
	}
	if _, err := json.Marshal(label.Verdict(4)); err == nil {
		t.Error("4 is written")
	}
	for _, bad := range []string{`"OK"`, `""`, `"verdict(4)"`, `1`} {
		var v label.Verdict
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s is read as %v", bad, v)
		}
	}
}
