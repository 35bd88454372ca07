package texture_test

import (
	"errors"
	"image"
	"reflect"
	"testing"

	"edgelabel/agent/detect/keep"
	"edgelabel/agent/vision/texture"
	"edgelabel/agent/vision/visiontest"
)

func TestKeptJudgesAsBefore(t *testing.T) {
	m := model(t, 9)
	state := m.Kept("these pictures")
	back, err := texture.Restore(state, "these pictures")
	if err != nil || back.Pictures() != 9 {
		t.Fatal(err)
	}
	picture := visiontest.Scarred(visiontest.Surface(240, 160, 50), image.Rect(40, 40, 90, 80))
	want, err := m.Inspect(t.Context(), picture)
	got, err2 := back.Inspect(t.Context(), picture)
	if err != nil || err2 != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v: %+v, want %+v", err, err2, got, want)
	}
	for name, bad := range map[string][]byte{"cut off": state[:len(state)-1], "nothing": nil, "too long": append(state[:len(state):len(state)], 0)} {
		if _, err := texture.Restore(bad, "these pictures"); !errors.Is(err, keep.ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := texture.Restore(state, "others"); !errors.Is(err, keep.ErrOther) {
		t.Errorf("of other pictures: %v", err)
	}
}

func FuzzRestore(f *testing.F) {
	var small []*image.Gray
	for i := range texture.MinPictures {
		small = append(small, visiontest.Surface(32, 32, uint64(i)))
	}
	m, err := texture.Learn(f.Context(), visiontest.Each(small...))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Kept("p"))
	f.Fuzz(func(t *testing.T, state []byte) {
		if m, err := texture.Restore(state, "p"); err == nil {
			if _, err := m.Inspect(t.Context(), small[0]); err != nil {
				t.Error(err)
			}
		}
	})
}
