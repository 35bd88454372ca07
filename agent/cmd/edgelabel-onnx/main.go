//go:build onnx

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"edgelabel/agent/vision/onnx"
)

const headerDeadline = 10 * time.Second

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		leave(err)
	}
}

// leave is the end: one line for whoever started us.
func leave(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(stdin io.Reader, stdout io.Writer) error {
	in := bufio.NewReader(stdin)
	settings, err := read(in)
	if err != nil {
		return err
	}
	if err := confine(settings.Memory); err != nil {
		return err
	}
	version, err := fingerprint(settings.File)
	if err != nil {
		return err
	}
	rt, err := open(settings)
	if err != nil {
		return err
	}
	tried := time.AfterFunc(settings.Timeout, func() { leave(fmt.Errorf("try the model: it did not return within %v", settings.Timeout)) })
	model, err := onnx.New(settings, version, rt)
	tried.Stop()
	if err != nil {
		return fmt.Errorf("%s: %w", settings.File, err)
	}
	return serve(onnx.NewServer(model, leave), settings.Socket, in, stdout)
}

func read(in *bufio.Reader) (s onnx.Settings, err error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return s, errors.New("want settings as a line of JSON on standard input: the agent starts this program")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// serve answers until standard input ends.
func serve(h http.Handler, socket string, in io.Reader, stdout io.Writer) error {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerDeadline}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	if _, err := fmt.Fprintln(stdout, "ready"); err != nil {
		return err
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("socket: %w", err)
	}
	return nil
}
