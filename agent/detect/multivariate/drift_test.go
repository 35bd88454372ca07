package multivariate_test

import "testing"

// TestSteadyDriftIsNormal holds that hardly any row of an asset is flagged whose signals move three standard deviations, thirty of what
// is left between them, in 6,000 rows.
func TestSteadyDriftIsNormal(t *testing.T) {
	for _, drifting := range []int{1, 4, 8} {
		flagged := 0
		for seed := range uint64(3) {
			flagged += drifted(seed, drifting)
		}
		if share := float64(flagged) / 3 / 6000; share > .06 {
			t.Errorf("%d of 8 drift: %.1f %% of the rows are flagged", drifting, 100*share)
		}
	}
}

// drifted counts the rows during which a candidate is open.
func drifted(seed uint64, drifting int) (flagged int) {
	d, open := build(8, 300), false
	for i, row := range seeded(seed, 6300, 8) {
		for j := range drifting {
			row[j] += 4.5 * float64(max(i-300, 0)) / 6000
		}
		if i < 300 {
			d.Learn(row)
			continue
		}
		for _, ev := range d.Row(int64(i+1)*1e9, row) {
			open = !ev.Closed
		}
		if open {
			flagged++
		}
	}
	return flagged
}
