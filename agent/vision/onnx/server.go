package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"
)

// MaxRequest bounds a request: a picture of the largest size in base64.
const MaxRequest = 128 << 20

// Server answers for one model.
type Server struct {
	model *Model
	stuck func(err error)
	mux   *http.ServeMux
	one   sync.Mutex // runs the model
}

// NewServer makes the handler. Stuck is called when a picture takes longer than the timeout: nothing else ends a model that does not return.
func NewServer(m *Model, stuck func(err error)) *Server {
	s := &Server{model: m, stuck: stuck, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /v2/health/ready", func(http.ResponseWriter, *http.Request) {})
	s.mux.HandleFunc("POST /v2/models/{name}/infer", s.infer)
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) infer(w http.ResponseWriter, r *http.Request) {
	var asked request
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, MaxRequest)).Decode(&asked)
	if err == nil && (len(asked.Inputs) != 1 || len(asked.Inputs[0].Data) != 1) {
		err = errors.New("want one input with one picture")
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	found, err := s.look(asked.Inputs[0].Data[0])
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, err)
		return
	}
	answer(w, http.StatusOK, s.answer(found))
}

// request is what is read of a request: the file of a picture in base64.
type request struct {
	Inputs []struct {
		Data [][]byte `json:"data"`
	} `json:"inputs"`
}

func (s *Server) look(file []byte) ([]Found, error) {
	s.one.Lock()
	defer s.one.Unlock()
	late := time.AfterFunc(s.model.settings.Timeout, func() {
		s.stuck(fmt.Errorf("the model did not return within %v", s.model.settings.Timeout))
	})
	defer late.Stop()
	return s.model.Look(file)
}

type output struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
	Data     any    `json:"data"`
}

func (s *Server) answer(all []Found) any {
	boxes, scores, labels := []float32{}, []float32{}, []string{}
	for _, f := range all {
		if finite(f) {
			boxes, scores = append(boxes, f.Box[:]...), append(scores, min(max(f.Score, 0), 1))
			labels = append(labels, s.model.class(f.Label))
		}
	}
	n := len(scores)
	outputs := []output{{"scores", "FP32", []int{n}, scores}, {"labels", "BYTES", []int{n}, labels}}
	if !s.model.Whole() {
		outputs = append(outputs, output{"boxes", "FP32", []int{n, 4}, boxes})
	}
	return map[string]any{"model_name": s.model.settings.Name, "model_version": s.model.version, "outputs": outputs}
}

// finite reports whether JSON has words for all of it.
func finite(f Found) bool {
	sum := f.Score + f.Label
	for _, v := range f.Box {
		sum += v
	}
	return !math.IsNaN(float64(sum)) && !math.IsInf(float64(sum), 0)
}

func fail(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"error": err.Error()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked has gone
}
