package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgelabel/agent/journal"
	"edgelabel/store/backup"
	"edgelabel/store/frame"
)

// RestoreReport says what a restore did.
type RestoreReport struct {
	Files int
	Bytes int64
	At    int64  // UTC ns, when the snapshot was taken
	Epoch uint64 // batches are numbered in it from here on
}

// Restore makes a data directory of a snapshot; an empty name is the newest. dir must not exist or be empty. Nothing in a snapshot depends
// on the machine that it was taken on. The epoch grows, because the old gateway may have sent batches that the snapshot knows nothing of.
func Restore(ctx context.Context, from, name, dir string) (RestoreReport, error) {
	var report RestoreReport
	repo, err := backup.Open(from)
	if err != nil {
		return report, err
	}
	s, err := repo.Load(name)
	if err != nil {
		return report, err
	}
	if s.Data > DataVersion {
		return report, fmt.Errorf("snapshot in %s %w: version %d, this one knows %d", from, ErrNewer, s.Data, DataVersion)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return report, fmt.Errorf("restore to %s: it is not empty", dir)
	}
	part := filepath.Clean(dir) + ".restoring"
	if err := os.RemoveAll(part); err != nil {
		return report, err
	}
	report.At = s.At
	for _, folder := range folders() {
		if err := os.MkdirAll(filepath.Join(part, folder), 0o700); err != nil {
			return report, err
		}
	}
	for _, f := range s.Files {
		if err := errors.Join(ctx.Err(), repo.Extract(f, part)); err != nil {
			return report, errors.Join(err, os.RemoveAll(part))
		}
		report.Files, report.Bytes = report.Files+1, report.Bytes+f.Bytes
	}
	if report.Epoch, err = raiseEpoch(part); err != nil {
		return report, errors.Join(err, os.RemoveAll(part))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return report, err
	}
	if err := os.Rename(part, dir); err != nil {
		return report, err
	}
	return report, frame.SyncDir(filepath.Dir(filepath.Clean(dir)))
}

// raiseEpoch adds a record to the journal of a directory that nobody has open: the next epoch begins.
func raiseEpoch(dir string) (epoch uint64, err error) {
	p, err := newPacker()
	if err != nil {
		return 0, err
	}
	var seq journal.Seq
	take := func(_ int64, payload []byte) error {
		var r record
		if err := p.unpackJSON(payload, &r); err != nil {
			return err
		}
		seq, epoch = max(seq, r.Seq), max(epoch, r.Epoch)
		if r.Frozen != nil {
			epoch = max(epoch, r.Frozen.Epoch)
		}
		if r.Receipt != nil {
			epoch = max(epoch, r.Receipt.Epoch)
		}
		return nil
	}
	nums, err := journalSegments(filepath.Join(dir, "journal"))
	if err != nil {
		return 0, err
	}
	paths := []string{filepath.Join(dir, "labels.log")}
	headers := []string{labelsHeader}
	for _, num := range nums {
		paths, headers = append(paths, filepath.Join(dir, "journal", journalName(num))), append(headers, journalHeader)
	}
	for i, path := range paths {
		if err := scanLog(path, headers[i], take); err != nil {
			return 0, fmt.Errorf("read %s: %w", path, err)
		}
	}
	epoch = max(epoch, 1) + 1
	b, err := json.Marshal(record{Seq: seq + 1, Epoch: epoch})
	if err != nil {
		return 0, err
	}
	last := uint64(0)
	if len(nums) > 0 {
		last = nums[len(nums)-1]
	}
	return epoch, appendFresh(filepath.Join(dir, "journal", journalName(last+1)), journalHeader, [][]byte{p.pack(b)})
}

// appendFresh makes a log file of the payloads. It is on disk whole, or not at all.
func appendFresh(path, header string, payloads [][]byte) error {
	temp := path + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	log, err := frame.Create(temp, header)
	if err != nil {
		return err
	}
	for _, b := range payloads {
		log.Append(b)
	}
	if err := errors.Join(log.Commit(), log.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return errors.Join(os.Rename(temp, path), frame.SyncDir(filepath.Dir(path)))
}
