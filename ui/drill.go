package ui

import (
	"net/http"
	"time"

	"edgelabel/agent/label"
)

// Drill is the line to the centre, which an admin may cut for a while to see that nothing is lost.
type Drill interface {
	// Cut lets nothing through until then, whatever becomes of who asked.
	Cut(until time.Time)

	// Mend ends it early.
	Mend()

	// Until is the end of the drill; zero when there is none.
	Until() time.Time
}

// MaxDrill is how long a drill may be.
const MaxDrill = 24 * time.Hour

func (s *Server) getDrill(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return s.answerDrill(w)
}

func (s *Server) answerDrill(w http.ResponseWriter) error {
	if s.cfg.Drill == nil {
		return refuse(http.StatusNotFound, "there is no line to cut")
	}
	var until int64
	if t := s.cfg.Drill.Until(); !t.IsZero() {
		until = t.UnixNano()
	}
	return answer(w, http.StatusOK, struct {
		Until int64 `json:"until"` // UTC ns, 0 when the line is whole
		Now   int64 `json:"now"`
	}{until, s.cfg.Now().UnixNano()})
}

func (s *Server) postDrill(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Seconds float64 `json:"seconds"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	if !(body.Seconds > 0 && body.Seconds <= MaxDrill.Seconds()) {
		return invalid("seconds: want more than 0 and up to %v", MaxDrill)
	}
	if s.cfg.Drill == nil {
		return s.answerDrill(w)
	}
	if !s.cfg.Drill.Until().IsZero() {
		return refuse(http.StatusConflict, "a drill is going on")
	}
	until := s.cfg.Now().Add(time.Duration(body.Seconds * float64(time.Second)))
	s.cfg.Log.Warn("the line to the centre is cut for a drill", "by", by.ID, "until", until)
	s.cfg.Drill.Cut(until)
	return s.answerDrill(w)
}

func (s *Server) deleteDrill(w http.ResponseWriter, _ *http.Request, by label.Person) error {
	if s.cfg.Drill == nil {
		return s.answerDrill(w)
	}
	s.cfg.Log.Warn("the line to the centre is whole again", "by", by.ID)
	s.cfg.Drill.Mend()
	return s.answerDrill(w)
}
