// Command edgelabel-onnx runs a model of the user in an .onnx file by ONNX Runtime, for the agent that starts it. It is a program of its own
// and not part of the default build: it needs a C compiler (tag onnx) and loads libonnxruntime when it runs.
//
//	agent ── settings, one line of JSON ─▶ standard input ─▶ library ▸ model ▸ a first try ─▶ "ready" ─▶ Open Inference Protocol v2 on a socket
//
// It ends with one line that says why: when it cannot begin, when a picture takes too long, and when its standard input ends, which is how
// it goes where the agent goes.
package main
