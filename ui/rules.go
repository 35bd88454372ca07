package ui

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// Rules is what watches the signals.
type Rules interface {
	// Rules lists them in the order of the configuration, as they were a moment ago.
	Rules() []Rule

	// Budgets lists how many candidates of each asset are wanted, promised and seen, as they were a moment ago.
	Budgets() []Budget

	// Serve lets a rule make items, or not, and writes down who wanted it; it returns after that is on disk. label.ErrNotFound for a rule
	// that is not there.
	Serve(ctx context.Context, by label.Person, rule string, s Service) error
}

// How a rule stands.
const (
	InService    = "in_service"
	Shelved      = "shelved"
	OutOfService = "out_of_service"
)

// Rule is how one rule is doing. Times are UTC ns, 0 when there is none.
type Rule struct {
	Name         string        `json:"name"`
	Tag          string        `json:"tag"` // empty: all signals of the asset together
	Asset        string        `json:"asset"`
	Kind         string        `json:"kind"`
	Severity     int           `json:"severity"`
	When         string        `json:"when"`       // condition while which it is judged; empty is always
	Candidates   uint64        `json:"candidates"` // since the start of the agent
	Open         bool          `json:"open"`
	Last         int64         `json:"last"`         // onset of the newest candidate
	Blocked      string        `json:"blocked"`      // signal whose bad value keeps the rule from being judged
	LastDay      uint64        `json:"lastDay"`      // candidates of the last 24 hours
	Chattering   bool          `json:"chattering"`   // three candidates in a minute, within the last hour
	Factor       float64       `json:"factor"`       // what a budget multiplies the threshold with; 0 where none does
	FalseSignals *FalseSignals `json:"falseSignals"` // null where nobody can say, and while it learns
	Service      Service       `json:"service"`
}

// Budget is about how many candidates of an asset are wanted, and how that goes.
type Budget struct {
	Asset      string   `json:"asset"`
	Candidates float64  `json:"candidates"` // wanted in Per
	Per        float64  `json:"per"`        // seconds with samples
	Promised   *float64 `json:"promised"`   // in Per, by what the signals did until now; null while too little is known, thresholds are as configured then
	Observed   float64  `json:"observed"`   // in Per, true or false
	Over       float64  `json:"over"`       // seconds with samples that Observed is about
	Rules      int      `json:"rules"`      // that share it
	Fitted     int      `json:"fitted"`     // of them, whose threshold follows from what the signal did
}

// FalseSignals is how often a rule signals while nothing is wrong.
type FalseSignals struct {
	PerPoint        float64 `json:"perPoint"`
	Every           float64 `json:"every"`           // seconds between two of them
	Autocorrelation float64 `json:"autocorrelation"` // from sample to sample, while it learnt
	Thin            int     `json:"thin"`            // every so many samples one is plotted
	Points          uint64  `json:"points"`          // judged since it learnt
	Signals         uint64  `json:"signals"`         // among them, true or false
}

// Service is whether a rule makes items, and who said so. By and At are empty for what the configuration says.
type Service struct {
	State  string `json:"state"` // in_service, shelved, out_of_service
	Until  int64  `json:"until"` // of shelved: event time, UTC ns
	Reason string `json:"reason"`
	By     string `json:"by"` // user id
	At     int64  `json:"at"`
}

// Bounds of shelving.
const (
	MaxShelved = 7 * 24 * time.Hour
	maxReason  = 500 // characters
)

func (s *Server) getRules(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return answer(w, http.StatusOK, struct {
		Rules   []Rule   `json:"rules"`
		Budgets []Budget `json:"budgets"`
	}{filled(s.cfg.Rules.Rules()), filled(s.cfg.Rules.Budgets())})
}

// postShelve shelves a rule, or takes it from the shelf where until is 0.
func (s *Server) postShelve(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Until  int64  `json:"until"`
		Reason string `json:"reason"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	now := s.cfg.Now()
	if body.Until == 0 {
		return s.serveRule(w, r, by, Service{State: InService, Reason: body.Reason})
	}
	if body.Until <= now.UnixNano() || body.Until > now.Add(MaxShelved).UnixNano() {
		return invalid("until: want a time within the next %v", MaxShelved)
	}
	return s.serveRule(w, r, by, Service{State: Shelved, Until: body.Until, Reason: body.Reason})
}

// putService takes a rule out of service, or puts it back.
func (s *Server) putService(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		State  string `json:"state"`
		Reason string `json:"reason"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.State != InService && body.State != OutOfService {
		return invalid("state: want %s or %s", InService, OutOfService)
	}
	return s.serveRule(w, r, by, Service{State: body.State, Reason: body.Reason})
}

func (s *Server) serveRule(w http.ResponseWriter, r *http.Request, by label.Person, as Service) error {
	as.Reason = strings.TrimSpace(as.Reason)
	if n := utf8.RuneCountInString(as.Reason); as.Reason == "" && as.State != InService || n > maxReason {
		return invalid("reason: want 1 to %d characters", maxReason)
	}
	rule := r.PathValue("rule")
	as.By, as.At = by.ID, s.cfg.Now().UnixNano()
	// What an admin took out of service comes back through an admin alone.
	for _, known := range s.cfg.Rules.Rules() {
		if known.Name == rule && known.Service.State == OutOfService && by.Role != string(auth.Admin) {
			return refuse(http.StatusForbidden, "only an admin may do this")
		}
	}
	if err := s.cfg.Rules.Serve(r.Context(), by, rule, as); err != nil {
		return fmt.Errorf("rule %s: %w", rule, err)
	}
	return answer(w, http.StatusOK, as)
}

// noRules stands in where nothing watches signals.
type noRules struct{}

func (noRules) Rules() []Rule { return nil }

func (noRules) Budgets() []Budget { return nil }

func (noRules) Serve(context.Context, label.Person, string, Service) error { return label.ErrNotFound }
