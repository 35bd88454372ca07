package ui

import (
	_ "embed"
	"net/http"

	"edgelabel/agent/label"
)

//go:embed openapi.json
var openAPI []byte

func (s *Server) getOpenAPI(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(openAPI) // an error means that the client has gone
	return nil
}
