package ui

import (
	"errors"
	"net/http"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// pinOf reads the digits that a person typed.
func pinOf(w http.ResponseWriter, r *http.Request) (string, error) {
	var body struct {
		PIN string `json:"pin"`
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	err := decode(r, &body)
	return body.PIN, err
}

// putPIN sets the PIN of whoever is signed in; an empty one takes it away.
func (s *Server) putPIN(w http.ResponseWriter, r *http.Request, by label.Person) error {
	pin, err := pinOf(w, r)
	if err != nil {
		return err
	}
	err = s.cfg.Auth.Users().SetPIN(by.ID, pin)
	if errors.Is(err, auth.ErrInvalid) {
		return invalid("%v", err)
	}
	if err != nil {
		return err
	}
	s.cfg.Log.Info("PIN changed", "user", by.ID, "set", pin != "")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// postUnlock says whether the PIN is that of whoever is signed in. The session goes on in any case.
func (s *Server) postUnlock(w http.ResponseWriter, r *http.Request, by label.Person) error {
	pin, err := pinOf(w, r)
	if err != nil {
		return err
	}
	err = s.cfg.Auth.CheckPIN(r.Context(), by, pin, address(r))
	if errors.Is(err, auth.ErrDenied) {
		s.cfg.Log.Warn("unlock refused", "user", by.ID, "address", address(r))
		return refuse(http.StatusForbidden, "the PIN is wrong")
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
