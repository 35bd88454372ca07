package ui

import (
	"net/http"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// access says who may use a route.
type access int

const (
	anyone access = iota
	signedIn
	reviewers
	admins
)

// handler answers one request. by is the person whose session it carries, zero on routes for anyone. An error that it returns becomes
// the answer; it must not have written one then.
type handler func(w http.ResponseWriter, r *http.Request, by label.Person) error

type route struct {
	pattern string
	access  access
	handle  handler
}

func (s *Server) routes() []route {
	return []route{
		{"GET /api/v1/session", signedIn, s.getSession},
		{"POST /api/v1/session", anyone, s.postSession},
		{"DELETE /api/v1/session", anyone, s.deleteSession},
		{"PUT /api/v1/session/pin", signedIn, s.putPIN},
		{"POST /api/v1/session/unlock", signedIn, s.postUnlock},
		{"GET /api/v1/items", signedIn, s.getItems},
		{"POST /api/v1/items", signedIn, s.postItem},
		{"GET /api/v1/items/{id}", signedIn, s.getItem},
		{"POST /api/v1/items/{id}/labels", signedIn, s.postLabel},
		{"POST /api/v1/items/{id}/claim", signedIn, s.postClaim},
		{"POST /api/v1/items/{id}/proposals", signedIn, s.postProposal},
		{"GET /api/v1/images/{sha256}", signedIn, s.getImage},
		{"GET /api/v1/images/{sha256}/preview", signedIn, s.getPreview},
		{"GET /api/v1/images/{sha256}/tiles/{z}/{tile}", signedIn, s.getTile},
		{"GET /api/v1/images/{sha256}/samples/{z}/{tile}", signedIn, s.getSamples},
		{"GET /api/v1/images/{sha256}/checkerboard", admins, s.getCheckerboard},
		{"GET /api/v1/cameras", signedIn, s.getCameras},
		{"PUT /api/v1/cameras/{camera}/scale", admins, s.putScale},
		{"PUT /api/v1/cameras/{camera}/golden", signedIn, s.putGolden},
		{"GET /api/v1/signals", signedIn, s.getSignals},
		{"GET /api/v1/series", signedIn, s.getSeries},
		{"GET /api/v1/rules", signedIn, s.getRules},
		{"POST /api/v1/rules/{rule}/shelve", signedIn, s.postShelve},
		{"PUT /api/v1/rules/{rule}/service", admins, s.putService},
		{"POST /api/v1/rules/{rule}/replay", signedIn, s.postReplay},
		{"GET /api/v1/rules/{rule}/replay", signedIn, s.getReplay},
		{"DELETE /api/v1/rules/{rule}/replay", signedIn, s.deleteReplay},
		{"PUT /api/v1/rules/{rule}/tuning", reviewers, s.putTuning},
		{"GET /api/v1/tunings", signedIn, s.getTunings},
		{"GET /api/v1/detectors", signedIn, s.getDetectors},
		{"GET /api/v1/queue", signedIn, s.getQueue},
		{"POST /api/v1/similar", signedIn, s.postSimilar},
		{"POST /api/v1/propagate", signedIn, s.postPropagate},
		{"DELETE /api/v1/propagate/{id}", signedIn, s.deletePropagate},
		{"GET /api/v1/reviews", reviewers, s.getReviews},
		{"GET /api/v1/stats", signedIn, s.getStats},
		{"GET /api/v1/taxonomy", signedIn, s.getTaxonomy},
		{"GET /api/v1/taxonomy/packs", signedIn, s.getPacks},
		{"PUT /api/v1/taxonomy", admins, s.putTaxonomy},
		{"GET /api/v1/status", signedIn, s.getStatus},
		{"GET /api/v1/drill", admins, s.getDrill},
		{"POST /api/v1/drill", admins, s.postDrill},
		{"DELETE /api/v1/drill", admins, s.deleteDrill},
		{"GET /api/v1/events", signedIn, s.getEvents},
		{"GET /api/v1/openapi.json", anyone, s.getOpenAPI},
		{"GET /healthz", anyone, s.getHealth},
		{"GET /readyz", anyone, s.getReady},
		{"GET /metrics", anyone, s.getMetrics}, // decides for itself: loopback needs no session
		{"POST /ingest/v1/images", anyone, s.postIngest},
	}
}

func (s *Server) mux(page http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.pattern, s.serve(rt))
	}
	for _, folder := range []string{"/api/", "/ingest/"} {
		mux.HandleFunc(folder, func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, missing(mux, folder, r)) })
	}
	mux.Handle("/", page)
	return mux
}

func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		by, err := s.admit(r, rt.access)
		if err == nil {
			err = rt.handle(w, r, by)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// admit returns who sent the request, or why it is refused.
func (s *Server) admit(r *http.Request, who access) (label.Person, error) {
	if who == anyone {
		return label.Person{}, nil
	}
	by, err := s.cfg.Auth.Person(r)
	if err != nil {
		return label.Person{}, err
	}
	if who == reviewers && !mayReview(by) {
		return label.Person{}, refuse(http.StatusForbidden, "only a reviewer may do this")
	}
	if who == admins && by.Role != string(auth.Admin) {
		return label.Person{}, refuse(http.StatusForbidden, "only an admin may do this")
	}
	return by, nil
}

// missing tells a path that does not exist from one that does not take this method.
func missing(mux *http.ServeMux, folder string, r *http.Request) error {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != folder {
			return refuse(http.StatusMethodNotAllowed, "this path does not take "+r.Method)
		}
	}
	return refuse(http.StatusNotFound, "no such path")
}
