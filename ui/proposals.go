package ui

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"edgelabel/agent/label"
)

// Proposer takes marks that somebody brings from elsewhere and that nobody here has confirmed.
type Proposer interface {
	// Propose puts a candidate on the item of a stored picture, durably. The same candidate again changes nothing. The error wraps
	// label.ErrFrozen where the item has a label, or left for the centre without one.
	Propose(ctx context.Context, im label.Image, c label.Candidate) error
}

// What a proposal counts as: it is as good a reason to look as a detector at its threshold.
const (
	importDetector = "import"
	importScore    = 0.5
	importSeverity = 500
)

type newProposal struct {
	Image   string         `json:"image"`  // sha256
	Source  string         `json:"source"` // what the marks come from, such as coco; a part of the rule's name
	Regions []label.Region `json:"regions"`
}

// postProposal answers after the proposal is durable.
func (s *Server) postProposal(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	if s.cfg.Proposer == nil {
		return label.ErrNotFound
	}
	var body newProposal
	if err := decode(r, &body); err != nil {
		return err
	}
	if len(body.Source) > maxSource || !isID(body.Source) {
		return invalid("source: want lower-case letters, digits, dots and dashes, at most %d", maxSource)
	}
	row, _, err := s.cfg.Items.Item(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(row.Images, func(im label.Image) bool { return im.SHA256 == body.Image })
	if i < 0 {
		return invalid("image: %q is not of this item", body.Image)
	}
	if row.Labels > 0 {
		return label.ErrFrozen
	}
	if err := s.checkMarks(r.Context(), &row.Item, body); err != nil {
		return err
	}
	if err := s.cfg.Proposer.Propose(r.Context(), row.Images[i], body.candidate(row.Images[i])); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

const maxSource = 32

func isID(s string) bool {
	return s != "" && !slices.ContainsFunc([]rune(s), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.'
	})
}

// checkMarks holds proposals to what a label may have, so that whoever accepts one can.
func (s *Server) checkMarks(ctx context.Context, it *label.Item, p newProposal) error {
	if len(p.Regions) == 0 {
		return invalid("regions: want at least one")
	}
	tax, err := s.cfg.Labels.Taxonomy(ctx)
	if err != nil {
		return err
	}
	d := label.Draft{Verdict: label.NotOK, Regions: slices.Clone(p.Regions)}
	for i := range d.Regions {
		d.Regions[i].Origin = label.ByPerson
		if d.Regions[i].Image != p.Image {
			return invalid("regions[%d].image: want %q", i, p.Image)
		}
	}
	if err := d.Check(it, &tax); err != nil {
		return invalid("%v", err)
	}
	return nil
}

// candidate has an id that says source and picture, so that a second import makes no second one.
func (p newProposal) candidate(im label.Image) label.Candidate {
	c := label.Candidate{
		ID: fmt.Sprintf("import-%s-%.16s", p.Source, im.SHA256), Rule: importDetector + "." + p.Source, Detector: importDetector,
		From: im.Time(), To: im.Time(), Score: importScore, Severity: importSeverity, Image: im.SHA256, Regions: slices.Clone(p.Regions),
		Explain: label.Text{ZH: "从 " + p.Source + " 数据集导入，尚无人确认。", EN: "Imported from a " + p.Source + " dataset; nobody has confirmed it yet."},
	}
	for i := range c.Regions {
		c.Regions[i].ID, c.Regions[i].Origin = fmt.Sprintf("%s-%d", c.ID, i+1), label.ByMachine
	}
	return c
}
