package retune

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
)

// Values are what fields of a rule are set to, by name; nil is the configuration's value.
type Values = map[string]*float64

// Check reports whether the rule could have the values together with what holds for its other fields, and whether limits are anywhere near
// what the signal showed. The error wraps label.ErrNotFound or label.ErrInvalid.
func (d *Desk) Check(ctx context.Context, rule string, values Values) error {
	next, _, err := d.with(rule, values)
	if err != nil {
		return err
	}
	tag, _, _ := d.cfg.Rule(rule)
	for _, k := range knobsOf(next) {
		if v := values[k.name]; v != nil {
			if err := d.plausible(ctx, tag, k, *v); err != nil {
				return err
			}
		}
	}
	return nil
}

// with is the rule with values beside what holds for its other fields, and as it is.
func (d *Desk) with(rule string, values Values) (next, now detect.Rule, err error) {
	_, plain, ok := d.cfg.Rule(rule)
	if !ok {
		return next, now, fmt.Errorf("rule %s: %w", rule, label.ErrNotFound)
	}
	now = d.cfg.Book.Tuned(plain)
	next = now
	for _, field := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(knobsOf(plain), func(k knob) bool { return k.name == field })
		if i < 0 {
			return next, now, fmt.Errorf("%w: rule %s, which is %s, has no field %q to set", label.ErrInvalid, rule, plain.Kind, field)
		}
		k := knobsOf(plain)[i]
		v, _ := k.get(&plain)
		if values[field] != nil {
			v = *values[field]
		}
		k.set(&next, v)
	}
	if err := next.Check(); err != nil {
		return next, now, fmt.Errorf("%w: rule %s: %w", label.ErrInvalid, rule, err)
	}
	return next, now, nil
}

// Set lets values of several fields hold at once: limits may have to move together. It returns after they are on disk and in force.
func (d *Desk) Set(ctx context.Context, by label.Person, rule string, values Values, reason string) error {
	_, now, err := d.with(rule, values)
	if err != nil {
		return err
	}
	for _, k := range knobsOf(now) {
		v, ok := values[k.name]
		if !ok {
			continue
		}
		was, _ := k.get(&now)
		t := label.Tuning{Rule: rule, Field: k.name, Value: v, Was: was, Reason: reason, By: by.ID, At: d.cfg.Now().UnixNano()}
		if err := d.cfg.Book.Put(t); err != nil {
			return err
		}
	}
	if err := d.cfg.Apply(ctx, rule); err != nil {
		return fmt.Errorf("the new values hold from the next start on: %w", err)
	}
	d.cfg.Log.Info("rule tuned", "rule", rule, "fields", len(values), "by", by.ID, "reason", reason)
	return nil
}

// Held is what people gave to a rule's field last, and whether anybody ever did.
func (b *Book) Held(rule, field string) (label.Tuning, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.holds[place{rule, field}]
	return t, ok
}
