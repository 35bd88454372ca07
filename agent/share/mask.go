package share

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"edgelabel/agent/label"
)

// MinSalt is the shortest salt, in bytes: a serial number has so few digits that a short one could be tried out.
const MinSalt = 16

// masker takes out of items and labels what a partner need not know. The same serial number becomes the same name, so that parts can
// still be told apart; without the salt it cannot be computed back.
type masker struct {
	salt   []byte
	places bool // keep them
	series bool // keep windows and the names of signals
}

func newMasker(salt []byte, places, series bool) (*masker, error) {
	if len(salt) < MinSalt {
		return nil, errors.New("salt: want 16 bytes or more")
	}
	return &masker{salt, places, series}, nil
}

// name is what stands for a value of some kind. Nothing stays nothing.
func (m *masker) name(kind, value string) string {
	if value == "" {
		return ""
	}
	h := hmac.New(sha256.New, m.salt)
	h.Write([]byte(kind + "\x00" + value))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (m *masker) place(p label.Place) label.Place {
	if m.places {
		return p
	}
	return label.Place{Site: m.name("site", p.Site), Area: m.name("area", p.Area), Line: m.name("line", p.Line), Cell: m.name("cell", p.Cell), Asset: m.name("asset", p.Asset)}
}

func (m *masker) part(p label.Part) label.Part {
	return label.Part{PartID: m.name("part", p.PartID), ProductID: m.name("product", p.ProductID), ExternalRecipeID: m.name("recipe", p.ExternalRecipeID),
		InternalRecipeID: m.name("recipe", p.InternalRecipeID), JobID: m.name("job", p.JobID), MeasID: m.name("meas", p.MeasID)}
}

// item is a copy for somebody else. images are its pictures as they are shared, by their hash of before; one that is not there is left out.
func (m *masker) item(it label.Item, images map[string]label.Image) label.Item {
	out := it
	out.Place, out.Part, out.CreatedBy = m.place(it.Place), m.part(it.Part), m.name("person", it.CreatedBy)
	out.Images, out.Candidates = nil, nil
	for _, im := range it.Images {
		if now, ok := images[im.SHA256]; ok {
			out.Images = append(out.Images, now)
		}
	}
	if !m.series {
		out.Window = nil
		if len(out.Images) > 0 {
			out.Kind = label.KindImage
		}
	}
	for _, c := range it.Candidates {
		if masked, ok := m.candidate(c, images); ok {
			out.Candidates = append(out.Candidates, masked)
		}
	}
	return out
}

// candidate keeps what a detector saw and takes its sentence, which may name anything.
func (m *masker) candidate(c label.Candidate, images map[string]label.Image) (label.Candidate, bool) {
	onSignals := c.Image == ""
	if onSignals && !m.series {
		return c, false
	}
	c.Explain, c.Regions = label.Text{}, m.regions(c.Regions, images)
	if !m.places {
		c.Rule = m.name("rule", c.Rule)
	}
	if !onSignals {
		now, ok := images[c.Image]
		if !ok {
			return c, false
		}
		c.Image = now.SHA256
	}
	return c, true
}

// regions lie on the same places of the pictures as they are shared.
func (m *masker) regions(list []label.Region, images map[string]label.Image) []label.Region {
	var out []label.Region
	for _, r := range list {
		if r.Kind.OnImage() {
			now, ok := images[r.Image]
			if !ok && r.Image != "" {
				continue
			}
			r.Image = now.SHA256
		} else if !m.series {
			continue
		}
		out = append(out, r)
	}
	return out
}

// label is a copy without words that people wrote. Who judged stays one person, without a name.
func (m *masker) label(l label.Label, images map[string]label.Image) label.Label {
	l.By = label.Person{ID: m.name("person", l.By.ID), Role: l.By.Role}
	l.Comment, l.Key, l.Terminal = "", "", m.name("terminal", l.Terminal)
	l.Regions = m.regions(l.Regions, images)
	if l.Fault != nil {
		fault := *l.Fault
		fault.WorkOrder = m.name("order", fault.WorkOrder)
		l.Fault = &fault
	}
	return l
}
