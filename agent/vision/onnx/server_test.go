package onnx_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/model"
	"edgelabel/agent/vision/onnx"
)

// ask lets the agent's side ask a server with a model.
func ask(t *testing.T, s *onnx.Server, file []byte) (vision.Finding, error) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	m, err := model.New(model.Config{Protocol: model.ONNX, Name: "m", Dial: func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Health(t.Context()); err != nil {
		t.Error(err)
	}
	return m.InspectOriginal(t.Context(), file)
}

func never(t *testing.T) func(error) { return func(err error) { t.Error(err) } }

func server(t *testing.T, f fake, stuck func(error)) *onnx.Server {
	t.Helper()
	m, err := onnx.New(onnx.Settings{Name: "m", Timeout: time.Minute}, "v1", f)
	if err != nil {
		t.Fatal(err)
	}
	return onnx.NewServer(m, stuck)
}

// TestBothSides lets the agent ask, and takes what JSON has no words for as nothing found.
func TestBothSides(t *testing.T) {
	zero := float32(0)
	f := always(float(1, 2, 6), onnx.Tensor{Shape: []int{1, 2, 6}, Values: []float32{20, 0, 40, 20, .9, 1, zero / zero, 0, 1, 1, .9, 0}})
	f.names = []string{"scratch", "dent"}
	got, err := ask(t, server(t, f, never(t)), picture(160, 120, 9))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Regions) != 1 || got.Regions[0].Type != "dent" || got.Regions[0].Box.Dx() != 40 || got.Model != "m" || got.Version != "v1" {
		t.Errorf("%+v", got)
	}
}

// TestAFailureSaysWhy brings what the model says to whoever looks at the status.
func TestAFailureSaysWhy(t *testing.T) {
	calls := 0
	f := always(float(1, 1, 6))
	f.run = func(onnx.Tensor) []onnx.Tensor {
		if calls++; calls > 1 {
			return []onnx.Tensor{{Shape: []int{3}, Values: []float32{1, 2, 3}}}
		}
		return []onnx.Tensor{{Shape: []int{1, 1, 6}, Values: make([]float32, 6)}}
	}
	_, err := ask(t, server(t, f, never(t)), picture(8, 8, 9))
	if err == nil || !strings.Contains(err.Error(), "422") || !strings.Contains(err.Error(), "want rows of 6") {
		t.Error(err)
	}
}

// TestAModelThatDoesNotReturn is told to whoever can end the process.
func TestAModelThatDoesNotReturn(t *testing.T) {
	calls, hang := 0, make(chan struct{})
	f := always(float(1, 1, 6))
	f.run = func(onnx.Tensor) []onnx.Tensor {
		if calls++; calls > 1 {
			<-hang
		}
		return []onnx.Tensor{{Shape: []int{1, 1, 6}, Values: make([]float32, 6)}}
	}
	m, err := onnx.New(onnx.Settings{Timeout: time.Millisecond}, "v1", f)
	if err != nil {
		t.Fatal(err)
	}
	stuck := errors.New("nobody was told")
	if _, err := ask(t, onnx.NewServer(m, func(err error) { stuck = err; close(hang) }), picture(8, 8, 9)); err != nil {
		t.Error(err)
	}
	if <-hang; !strings.Contains(stuck.Error(), "did not return within 1ms") {
		t.Error(stuck)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","data":["AAAA"]}]}`))
	f.Add([]byte(`{"inputs":[{"data":[1,2,3]}]}`))
	m, err := onnx.New(onnx.Settings{Timeout: time.Minute}, "v1", always(float(1, 1, 6), onnx.Tensor{Shape: []int{1, 1, 6}, Values: make([]float32, 6)}))
	if err != nil {
		f.Fatal(err)
	}
	s := onnx.NewServer(m, func(err error) { panic(err) })
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRecorder()
		s.ServeHTTP(r, httptest.NewRequest(http.MethodPost, "/v2/models/m/infer", strings.NewReader(string(body))))
		if r.Code >= 500 {
			t.Errorf("%d %s", r.Code, r.Body)
		}
	})
}
