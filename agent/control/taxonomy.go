package control

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"edgelabel/agent/label"
)

// beforeTaxonomy is the taxonomy that the next one would take the place of. A class that somebody or something uses may not go: it can be
// retired. The error wraps label.ErrInvalid.
func (f *Follower) beforeTaxonomy(ctx context.Context, next *label.Taxonomy) (*label.Taxonomy, error) {
	if next == nil {
		return nil, nil
	}
	now, err := f.cfg.Keeper.Taxonomy(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	for _, c := range now.Classes {
		if _, stays := next.Class(c.ID); stays {
			continue
		}
		why, err := f.uses(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return nil, fmt.Errorf("%w: the taxonomy drops class %q, %s: retire it", label.ErrInvalid, c.ID, why)
		}
	}
	return &now, nil
}

// uses says who uses a class; nothing where nobody does.
func (f *Follower) uses(ctx context.Context, class string) (string, error) {
	if f.cfg.Proposes != nil && f.cfg.Proposes(class) {
		return "which the configuration of a camera proposes", nil
	}
	for _, q := range []label.Query{{Class: class, Limit: 1}, {Proposed: class, Limit: 1, State: label.StateOpen}} {
		page, err := f.cfg.Keeper.Items(ctx, q)
		if err != nil {
			return "", fmt.Errorf("items of class %s: %w", class, err)
		}
		if len(page.Rows) > 0 {
			return "which item " + page.Rows[0].ID + " has", nil
		}
	}
	return "", nil
}

// putTaxonomy makes the next revision, unless the newest is the same already. A task alone changes nothing else.
func putTaxonomy(ctx context.Context, to Keeper, next *label.Taxonomy, task *label.Text, sender string) (int, error) {
	now, err := to.Taxonomy(ctx)
	if err != nil {
		return 0, fmt.Errorf("taxonomy: %w", err)
	}
	tax := now
	if next != nil {
		tax = *next
	}
	if task != nil {
		tax.Task = *task
	}
	if same(now, tax) {
		return now.Revision, nil
	}
	tax.Revision = now.Revision
	made, err := to.PutTaxonomy(ctx, tax, sender)
	if err != nil {
		return 0, fmt.Errorf("taxonomy: %w", err)
	}
	return made.Revision, nil
}

// restoreTaxonomy puts the classes of before back, unless somebody has changed them since. What people are asked to do stays where it is
// newer, and a new class that labels have meanwhile stays for them, retired.
func (f *Follower) restoreTaxonomy(ctx context.Context, by string, was, tried *label.Taxonomy) error {
	if was == nil || tried == nil {
		return nil
	}
	now, err := f.cfg.Keeper.Taxonomy(ctx)
	if err != nil {
		return fmt.Errorf("taxonomy: %w", err)
	}
	if !same(withoutTask(now), withoutTask(*tried)) {
		return nil
	}
	back := *was
	if now.Task != tried.Task {
		back.Task = now.Task
	}
	for _, c := range tried.Classes {
		if _, known := was.Class(c.ID); known {
			continue
		}
		if why, err := f.uses(ctx, c.ID); err != nil {
			return err
		} else if why != "" {
			c.Retired, c.Hotkey = true, ""
			back.Classes = append(back.Classes[:len(back.Classes):len(back.Classes)], c)
		}
	}
	_, err = putTaxonomy(ctx, f.cfg.Keeper, &back, nil, by)
	return err
}

func withoutTask(t label.Taxonomy) label.Taxonomy {
	t.Task = label.Text{}
	return t
}

func same(a, b label.Taxonomy) bool {
	var plain [2]any
	for i, t := range []label.Taxonomy{a, b} {
		t.Revision, t.Changed, t.By = 0, 0, ""
		raw, err := json.Marshal(t)
		if err != nil || json.Unmarshal(raw, &plain[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(plain[0], plain[1])
}
