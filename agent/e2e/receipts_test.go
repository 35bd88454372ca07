//go:build e2e

package e2e_test

import (
	"regexp"
	"strconv"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// receipt is what the agent says of a batch once it is acknowledged.
type receipt struct{ entries, bytes int64 }

var receiptLine = regexp.MustCompile(`msg="batch is at the centre" target=centre batch=(\d+) entries=(\d+) bytes=(\d+)`)

// receipts are those that the agent wrote down, over all its runs. A kill may come between a receipt and its line.
func (s *sender) receipts() map[uint64]receipt {
	all := map[uint64]receipt{}
	for _, p := range append(s.before, s.process) {
		for _, m := range receiptLine.FindAllStringSubmatch(p.output(), -1) {
			number, _ := strconv.ParseUint(m[1], 10, 64)
			entries, _ := strconv.ParseInt(m[2], 10, 64)
			bytes, _ := strconv.ParseInt(m[3], 10, 64)
			all[number] = receipt{entries, bytes}
		}
	}
	return all
}

// matches compares, one by one, what the agent acknowledged and what it wrote down with what is at the centre: each picture with its item,
// once, and each receipt with its manifest. kills is how many receipts may have no line.
func (s *sender) matches(b *bucket, kills int) (receipts int) {
	s.t.Helper()
	said, there, twice := s.receipts(), map[string]string{}, 0
	manifests := 0
	err := uplink.EachBatch(s.t.Context(), b.target(), s.gateway, nil, func(c *uplink.Contents) error {
		manifests++
		if r, ok := said[c.Number]; ok {
			receipts++
			compare(s.t, b.target(), c, r)
		}
		return c.Rows(s.t.Context(), func(it label.Item) error {
			if _, again := there[it.ID]; again {
				twice++
			}
			there[it.ID] = it.Images[0].SHA256
			return nil
		}, func(label.Label) error { return nil })
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if twice > 0 || len(there) != len(s.acked) {
		s.t.Errorf("%d items at the centre, %d twice; %d were acknowledged", len(there), twice, len(s.acked))
	}
	for item, sum := range s.acked {
		if there[item] != sum {
			s.t.Errorf("item %s was acknowledged with picture %s, at the centre it is %q", item, sum, there[item])
		}
	}
	if len(said) != receipts || receipts < manifests-kills {
		s.t.Errorf("%d receipts, %d of them match; %d manifests, %d kills", len(said), receipts, manifests, kills)
	}
	return receipts
}

func compare(t *testing.T, at uplink.Target, c *uplink.Contents, r receipt) {
	t.Helper()
	entries := len(c.Items) + len(c.Labels) + len(c.Gaps) + len(c.Evictions) + len(c.Taxonomy) + len(c.Unreadable)
	manifest, err := at.Head(t.Context(), c.Key)
	if err != nil {
		t.Fatal(err)
	}
	bytes := manifest.Size
	for _, o := range c.Objects {
		bytes += o.Size
	}
	if int64(entries) != r.entries || bytes != r.bytes {
		t.Errorf("batch %d: %d entries and %d bytes at the centre, the receipt says %+v", c.Number, entries, bytes, r)
	}
}
