package golden_test

import (
	"image"
	"testing"

	"edgelabel/agent/vision/golden"
)

// TestBoardsOfAFamily learns two boards that differ by one pad. Each is good as it is; what is too much or missing on
// one is hidden neither by its sister nor by those that were held back to learn the tolerance.
func TestBoardsOfAFamily(t *testing.T) {
	pad, other := image.Rect(306, 140, 320, 160), image.Rect(306, 200, 318, 214)
	sister := func() *image.Gray { return fill(board(), pad, 5) }
	m := learn(t, board(), sister(), board(), sister(), board(), sister())
	if m.Layouts() != 2 || m.Pictures() != 6 {
		t.Errorf("%d layouts of %d pictures, want 2 of 6", m.Layouts(), m.Pictures())
	}
	for name, c := range map[string]struct {
		picture *image.Gray
		want    string // type of the one region; empty: none
	}{
		"plain":                 {board(), ""},
		"with pad":              {sister(), ""},
		"plain, copper":         {fill(board(), other, 5), golden.Copper},
		"with pad, copper":      {fill(sister(), other, 5), golden.Copper},
		"with pad, and cut off": {fill(sister(), image.Rect(100, 50, 112, 74), 250), golden.Open},
	} {
		f := inspect(t, m, c.picture)
		if c.want == "" && len(f.Regions) > 0 || c.want != "" && (len(f.Regions) != 1 || f.Regions[0].Type != c.want) {
			t.Errorf("%s: %+v, want %q", name, f.Regions, c.want)
		}
	}
}
