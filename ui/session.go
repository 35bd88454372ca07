package ui

import (
	"errors"
	"net/http"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// getSession says who is signed in, and whether a PIN opens their panel once it locked itself.
func (s *Server) getSession(w http.ResponseWriter, _ *http.Request, by label.Person) error {
	return s.answerPerson(w, by)
}

func (s *Server) answerPerson(w http.ResponseWriter, by label.Person) error {
	has, err := s.cfg.Auth.Users().HasPIN(by.ID)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, struct {
		Person label.Person `json:"person"`
		HasPIN bool         `json:"hasPin"`
	}{by, has})
}

// postSession signs in with a password or spends a one-time token.
func (s *Server) postSession(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	var body struct {
		User     string `json:"user"`
		Password string `json:"password"`
		Token    string `json:"token"`
		Badge    string `json:"badge"`
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.Token == "" && body.User == "" && body.Badge == "" {
		return invalid("want user and password, badge or token")
	}
	by, err := s.signIn(r, body.User, body.Password, body.Token, body.Badge)
	if errors.Is(err, auth.ErrDenied) {
		s.cfg.Log.Warn("sign-in refused", "user", body.User, "address", address(r))
		return refuse(http.StatusUnauthorized, "user, password or token is wrong")
	}
	if err != nil {
		return err
	}
	cookie, err := s.cfg.Auth.Cookie(by, r.TLS != nil)
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	s.cfg.Log.Info("signed in", "user", by.ID, "role", by.Role, "address", address(r))
	return s.answerPerson(w, by)
}

func (s *Server) signIn(r *http.Request, user, password, token, badge string) (label.Person, error) {
	if badge != "" {
		return s.cfg.Auth.SignInBadge(r.Context(), badge, address(r))
	}
	if token != "" {
		return s.cfg.Auth.Redeem(token, address(r))
	}
	return s.cfg.Auth.SignIn(r.Context(), user, password, address(r))
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	http.SetCookie(w, s.cfg.Auth.SignOut(r, r.TLS != nil))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) getEvents(w http.ResponseWriter, r *http.Request, by label.Person) error {
	s.hub.Serve(w, r, func() bool {
		now, err := s.cfg.Auth.Person(r)
		return err == nil && now.ID == by.ID
	})
	return nil
}
