// Package onnxtest makes small models in .onnx files for tests.
package onnxtest

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"runtime"

	"google.golang.org/protobuf/encoding/protowire"
)

// Library is where npm's onnxruntime-node has the ONNX Runtime, in a folder with peers.
func Library(peers string) string {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	return filepath.Join(peers, "onnx/node_modules/onnxruntime-node/bin/napi-v6/linux", arch, "libonnxruntime.so.1")
}

// message is a piece of an .onnx file, which is a ModelProto of onnx.proto3.
type message []byte

func (m message) text(field protowire.Number, s string) message {
	return protowire.AppendString(protowire.AppendTag(m, field, protowire.BytesType), s)
}

func (m message) number(field protowire.Number, v int64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, field, protowire.VarintType), uint64(v))
}

func (m message) with(field protowire.Number, parts ...message) message {
	for _, p := range parts {
		m = protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), p)
	}
	return m
}

// Types of onnx.proto3.
const (
	kindFloat = 1
	kindInt   = 7
	kindBool  = 9
)

// value is the name, type and shape of an input or an output; sizes less than 1 are left open.
func value(name string, kind int64, shape ...int64) message {
	dims := message{}
	for _, d := range shape {
		if d < 1 {
			dims = dims.with(1, message{}.text(2, "any"))
		} else {
			dims = dims.with(1, message{}.number(1, d))
		}
	}
	of := message{}.number(1, kind).with(2, dims)
	return message{}.text(1, name).with(2, message{}.with(1, of))
}

func floats(name string, shape []int64, values ...float32) message {
	raw := []byte{}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return constant(name, kindFloat, shape, raw)
}

func ints(name string, shape []int64, values ...int64) message {
	raw := []byte{}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return constant(name, kindInt, shape, raw)
}

func constant(name string, kind int64, shape []int64, raw []byte) message {
	m := message{}
	for _, d := range shape {
		m = m.number(1, d)
	}
	return m.number(2, kind).text(8, name).with(9, raw)
}

func node(kind string, in []string, out string, attributes ...message) message {
	m := message{}
	for _, name := range in {
		m = m.text(1, name)
	}
	return m.text(2, out).text(4, kind).with(5, attributes...)
}

// graph has nodes, constants, inputs and outputs.
func graph(nodes, constants, in, out []message) message {
	return message{}.with(1, nodes...).text(2, "g").with(5, constants...).with(11, in...).with(12, out...)
}

// file is a graph as it is stored, with the names of its classes as exporters leave them.
func file(g message, names string) []byte {
	m := message{}.number(1, 8).with(7, g).with(8, message{}.number(2, 13))
	if names != "" {
		m = m.with(14, message{}.text(1, "names").text(2, names))
	}
	return m
}

// Bright scores each pixel by how far its grey value, 0 to 1, is from a limit: mean of the channels, then a steep sigmoid.
func Bright(limit float32) []byte {
	third := []float32{1. / 3, 1. / 3, 1. / 3}
	return file(graph(
		[]message{
			node("Conv", []string{"image", "w"}, "grey"), node("Sub", []string{"grey", "limit"}, "over"),
			node("Mul", []string{"over", "steep"}, "logit"), node("Sigmoid", []string{"logit"}, "heat"),
		},
		[]message{floats("w", []int64{1, 3, 1, 1}, third...), floats("limit", nil, limit), floats("steep", nil, 30)},
		[]message{value("image", kindFloat, 1, 3, 48, 64)}, []message{value("heat", kindFloat, 1, 1, 48, 64)},
	), "")
}

// Dark tells whether a picture is dark on the whole.
func Dark() []byte {
	return file(graph(
		[]message{
			node("GlobalAveragePool", []string{"image"}, "mean"), node("Conv", []string{"mean", "w", "b"}, "both"), node("Flatten", []string{"both"}, "logits"),
		},
		[]message{floats("w", []int64{2, 1, 1, 1}, 20, -20), floats("b", []int64{2}, -10, 10)},
		[]message{value("image", kindFloat, 0, 1, 0, 0)}, []message{value("logits", kindFloat, 0, 2)},
	), "{0: 'ok', 1: 'dark'}")
}

// Greedy wants forty gigabytes.
func Greedy() []byte {
	return file(graph(
		[]message{
			node("ConstantOfShape", []string{"shape"}, "much"), node("ReduceMax", []string{"much"}, "one"),
			node("Mul", []string{"image", "one"}, "heat"),
		},
		[]message{ints("shape", []int64{2}, 100_000, 100_000)},
		[]message{value("image", kindFloat, 1, 1, 48, 64)}, []message{value("heat", kindFloat, 1, 1, 48, 64)},
	), "")
}

// Endless counts to 2^60 where the picture is bright, and not at all where it is not.
func Endless() []byte {
	body := graph(
		[]message{node("Identity", []string{"go"}, "goes"), node("Identity", []string{"v"}, "same")},
		nil, []message{value("i", kindInt), value("go", kindBool), value("v", kindFloat)}, []message{value("goes", kindBool), value("same", kindFloat)},
	)
	loop := message{}.text(1, "body").with(6, body).number(20, 5)
	to := message{}.text(1, "to").number(3, kindInt).number(20, 2)
	return file(graph(
		[]message{
			node("ReduceMax", []string{"image"}, "most", message{}.text(1, "keepdims").number(3, 0).number(20, 2)),
			node("Mul", []string{"most", "huge"}, "turns"), node("Floor", []string{"turns"}, "whole"), node("Sub", []string{"whole", "base"}, "above"),
			node("Cast", []string{"above"}, "times", to), node("Loop", []string{"times", "", "most"}, "last", loop), node("Mul", []string{"image", "last"}, "heat"),
		},
		[]message{floats("huge", nil, 1<<60), floats("base", nil, 1<<59)},
		[]message{value("image", kindFloat, 1, 1, 48, 64)}, []message{value("heat", kindFloat, 1, 1, 48, 64)},
	), "")
}
