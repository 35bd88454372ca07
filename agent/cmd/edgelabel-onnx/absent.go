//go:build !onnx

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "built without ONNX Runtime: build with make onnx")
	os.Exit(1)
}
