package agent

import "testing"

// TestStarterPacks holds that every pack can be saved as it stands.
func TestStarterPacks(t *testing.T) {
	packs, err := starterPacks()
	if err != nil {
		t.Fatal(err)
	}
	if len(packs) != 4 {
		t.Fatalf("%d packs", len(packs))
	}
	for _, p := range packs {
		if err := p.Check(); err != nil || len(p.Classes) < 9 || p.Name.ZH == "" {
			t.Errorf("%s: %d classes, %v", p.Name.EN, len(p.Classes), err)
		}
	}
}
