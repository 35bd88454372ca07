package model

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"edgelabel/agent/vision"
)

// Formats of the input tensor.
const (
	Bytes = "bytes" // BYTES of shape [1]: the file in base64
	UInt8 = "uint8" // UINT8, 0 to 255
	FP32  = "fp32"  // FP32, 0 to 1
)

// Layouts of the input tensor.
const (
	NCHW = "nchw"
	NHWC = "nhwc"
)

// Meanings of the four numbers of a box.
const (
	XYXY   = "xyxy" // left, top, right, bottom
	YXYX   = "yxyx" // top, left, bottom, right
	XYWH   = "xywh" // left, top, width, height
	CXCYWH = "cxcywh"
)

// Input is the tensor with the picture.
type Input struct {
	Name          string
	Format        string
	Layout        string
	Width, Height int // pixels, to which the picture is stretched; unused for Bytes
	Channels      int // 1: grey, or 3: red, green, blue
}

// Output says which tensors hold what was found, one row each.
type Output struct {
	Boxes, Scores, Labels string
	Corners               string
	Share                 bool     // boxes are shares of the picture, 0 to 1; else pixels of the tensor, or of the picture for Bytes
	Names                 []string // of labels that are numbers
}

const maxTensor = 16 << 20 // numbers of the input

type inference struct {
	path    string
	in      Input
	out     Output
	boxless bool     // an answer without boxes is about the whole picture
	ok      []string // classes of a whole picture that mean that it is good
}

func newInference(cfg Config) (*inference, error) {
	in := cfg.Input
	if cfg.Name == "" || in.Name == "" || cfg.Output.Boxes == "" || cfg.Output.Scores == "" || cfg.Output.Labels == "" {
		return nil, errors.New("model: want the names of the model, its input and its outputs")
	}
	tensor := in.Width > 0 && in.Height > 0 && (in.Channels == 1 || in.Channels == 3) && in.Width <= maxTensor/in.Channels/in.Height
	if in.Format != Bytes && !tensor {
		return nil, errors.New("model: input: want width and height, 1 or 3 channels, and no more than 16 Mi numbers")
	}
	return &inference{path: "v2/models/" + url.PathEscape(cfg.Name) + "/infer", in: in, out: cfg.Output}, nil
}

func (*inference) health() string { return "v2/health/ready" }

// well says nothing: an answer is enough.
func (*inference) well([]byte) error { return nil }

type tensor struct {
	Name     string `json:"name"`
	Shape    []int  `json:"shape"`
	Datatype string `json:"datatype"`
	Params   any    `json:"parameters,omitempty"`
	Data     any    `json:"data"`
}

func (n *inference) request(s shot) (string, any, error) {
	t := tensor{Name: n.in.Name}
	if n.in.Format == Bytes {
		text := base64.StdEncoding.EncodeToString(s.file)
		t.Shape, t.Datatype, t.Data, t.Params = []int{1}, "BYTES", []string{text}, map[string]string{"content_type": "base64"}
	} else if err := n.fill(&t, s.file); err != nil {
		return "", nil, err
	}
	var outputs []map[string]string
	for _, name := range []string{n.out.Boxes, n.out.Scores, n.out.Labels} {
		outputs = append(outputs, map[string]string{"name": name})
	}
	return n.path, map[string]any{"inputs": []tensor{t}, "outputs": outputs}, nil
}

// fill writes the picture as numbers.
func (n *inference) fill(t *tensor, file []byte) error {
	w, h, c := n.in.Width, n.in.Height, n.in.Channels
	planes, err := vision.Channels(file, w, h, c)
	if err != nil {
		return err
	}
	t.Datatype, t.Shape = "UINT8", []int{1, c, h, w}
	if n.in.Format == FP32 {
		t.Datatype = "FP32"
	}
	values := make([]json.Number, 0, w*h*c)
	if n.in.Layout == NHWC {
		t.Shape = []int{1, h, w, c}
		for i := range w * h {
			for _, p := range planes {
				values = append(values, n.number(p.Pix[i]))
			}
		}
	} else {
		for _, p := range planes {
			for _, v := range p.Pix {
				values = append(values, n.number(v))
			}
		}
	}
	t.Data = values
	return nil
}

func (n *inference) number(v uint8) json.Number {
	if n.in.Format == FP32 {
		return json.Number(strconv.FormatFloat(float64(v)/255, 'g', 5, 64))
	}
	return json.Number(strconv.Itoa(int(v)))
}
