package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"edgelabel/agent/export/foreign"
	"edgelabel/agent/label"
)

// maxPicture bounds one picture, in bytes.
const maxPicture = 256 << 20

// Summary counts what an import did.
type Summary struct {
	Pictures  int // stored, or there already
	Labels    int
	Proposals int // pictures with some
	Regions   int // of labels and proposals
	Lost      int
}

// Bring sends a dataset, picture by picture. lost hears of everything that does not arrive; a picture that the gateway refuses does not
// stop the others. Doing it again is harmless.
func (g *Gateway) Bring(ctx context.Context, read foreign.Reader, dataset fs.FS, lost func(file, reason string)) (s Summary, err error) {
	lose := func(file, reason string) { s.Lost++; lost(file, reason) }
	err = read(dataset, func(p *foreign.Picture) error {
		err := g.bring(ctx, dataset, p, &s, lose)
		var no *refused
		if errors.As(err, &no) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errTooLarge) {
			lose(p.File, err.Error())
			return nil
		}
		return err
	})
	return s, err
}

var errTooLarge = fmt.Errorf("picture is larger than %d bytes", maxPicture)

func (g *Gateway) bring(ctx context.Context, dataset fs.FS, p *foreign.Picture, s *Summary, lose func(file, reason string)) error {
	info, err := fs.Stat(dataset, p.File)
	if err != nil {
		return err
	}
	if info.Size() > maxPicture {
		return errTooLarge
	}
	data, err := fs.ReadFile(dataset, p.File)
	if err != nil {
		return err
	}
	sha, item, err := g.Picture(ctx, strings.ReplaceAll(p.File, "/", "_"), data)
	if err != nil {
		return err
	}
	s.Pictures++
	for _, reason := range p.Lost {
		lose(p.File, reason)
	}
	switch {
	case p.Verdict == label.Undefined:
		return nil
	case item == "":
		lose(p.File, "camera "+g.cfg.Camera+" makes no item of it: its label is left out; the camera wants select: all")
		return nil
	}
	d := g.draft(p, sha, lose)
	if g.cfg.Source != "" && len(d.Regions) == 0 {
		return nil // nothing to propose: people judge it as they judge others
	}
	why, err := g.deliver(ctx, item, sha, d, s)
	if err != nil {
		return err
	}
	if why != "" {
		lose(p.File, "item "+item+" "+why)
		return nil
	}
	s.Regions += len(d.Regions)
	return nil
}

// deliver brings a picture's regions as what they are wanted as, or says why the item does not take them.
func (g *Gateway) deliver(ctx context.Context, item, sha string, d label.Draft, s *Summary) (why string, err error) {
	count, why, bring := &s.Labels, "has a label already", func() (bool, error) { return g.Label(ctx, item, d, g.key(sha)) }
	if g.cfg.Source != "" {
		count, why = &s.Proposals, "takes no proposals any more: it has a label, or it left for the centre"
		bring = func() (bool, error) { return g.Propose(ctx, item, sha, d.Regions) }
	}
	late, err := bring()
	if err != nil || late {
		return why, err
	}
	*count++
	return "", nil
}

// key is the same for the same picture and person, so that a second run adds nothing.
func (g *Gateway) key(sha string) string {
	sum := sha256.Sum256([]byte(g.cfg.User + "\x00" + g.cfg.Camera + "\x00" + sha))
	return "import-" + hex.EncodeToString(sum[:16])
}

// draft turns a picture's regions into a label under the gateway's taxonomy.
func (g *Gateway) draft(p *foreign.Picture, sha string, lose func(file, reason string)) label.Draft {
	d := label.Draft{Verdict: p.Verdict, Origin: label.ByPerson, Input: label.API, Taxonomy: g.tax.Revision}
	for _, r := range p.Regions {
		id, known := g.class(r.Class)
		if !known {
			lose(p.File, fmt.Sprintf("%s: class %q is not in the gateway's taxonomy", r.Kind, r.Class))
			continue
		}
		r.ID, r.Image, r.Class, r.Origin = "r"+strconv.Itoa(len(d.Regions)+1), sha, id, label.ByPerson
		d.Regions = append(d.Regions, r)
	}
	return d
}

// class finds a class by its id or by its name in either language.
func (g *Gateway) class(name string) (id string, known bool) {
	for _, c := range g.tax.Classes {
		for _, other := range []string{c.ID, c.Name.EN, c.Name.ZH} {
			if strings.EqualFold(strings.TrimSpace(name), other) {
				return c.ID, true
			}
		}
	}
	return "", false
}
