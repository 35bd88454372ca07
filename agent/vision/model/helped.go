package model

// helperURL is how HTTP calls the helper; it is reached by Config.Dial.
const helperURL = "http://localhost"

// newHelped is the one way in which the helper of package onnx speaks: it is sent files, and answers with shares of the picture and with
// names.
func newHelped(ok []string) *inference {
	return &inference{
		path:    "v2/models/onnx/infer",
		in:      Input{Name: "image", Format: Bytes},
		out:     Output{Boxes: "boxes", Scores: "scores", Labels: "labels", Corners: XYXY, Share: true},
		boxless: true,
		ok:      ok,
	}
}
