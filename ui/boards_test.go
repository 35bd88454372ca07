package ui_test

import (
	"image"
	"testing"

	"edgelabel/agent/label"
)

func TestACheckerboardIsMeasuredByAnAdmin(t *testing.T) {
	r := start(t, nil)
	sha := r.store.blob(encoded(t, "png", image.NewGray(image.Rect(0, 0, 30, 20))))
	path := "/api/v1/images/" + sha + "/checkerboard"
	got := parse[label.Board](t, r.want(call{by: "chief", path: path + "?square=2.5"}, 200, ""))
	if got.Columns != 30 || got.Rows != 20 || got.MMPerPx != 2.5 { // the rig's finder says what it was shown
		t.Errorf("%+v", got)
	}
	r.want(call{by: "li", path: path + "?square=2.5"}, 403, "forbidden")
	for _, square := range []string{"", "?square=", "?square=0", "?square=-1", "?square=NaN", "?square=1e9", "?square=five"} {
		r.want(call{by: "chief", path: path + square}, 400, "invalid")
	}
	r.want(call{by: "chief", path: "/api/v1/images/" + sha[:60] + "0000/checkerboard?square=1"}, 404, "not_found")
}
