package ui

// Patterns are those that the mux serves.
func (s *Server) Patterns() (patterns []string) {
	for _, rt := range s.routes() {
		patterns = append(patterns, rt.pattern)
	}
	return patterns
}

// Cool lets go of the decoded image, as time would.
func (s *Server) Cool() bool {
	s.pictures.cool(s.cfg.Now().Add(1))
	return s.pictures.warm.p == nil
}
