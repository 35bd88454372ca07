package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/store/block"
	"edgelabel/store/frame"
	"edgelabel/store/pyramid"
)

// Fault is a segment of which something cannot be read.
type Fault struct{ Name, What string }

// Check reads every block of every segment of a folder that nobody has open, and changes nothing. blocks counts those that are good.
func Check(dir string) (blocks int, faults []Fault, err error) {
	codec, err := block.NewCodec()
	if err != nil {
		return 0, nil, err
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return 0, nil, err
	}
	for _, e := range names {
		headers := map[string][]string{".raw": {rawHeader}, ".seg": {sealedHeader, sealedBefore}}[filepath.Ext(e.Name())]
		if headers == nil {
			continue
		}
		good, what, err := checkFile(codec, filepath.Join(dir, e.Name()), headers)
		if err != nil {
			return blocks, faults, fmt.Errorf("check segment %s: %w", e.Name(), err)
		}
		blocks += good
		if what != "" {
			faults = append(faults, Fault{e.Name(), what})
		}
	}
	return blocks, faults, nil
}

func checkFile(codec *block.Codec, path string, headers []string) (good int, what string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer f.Close() // read only
	info, err := f.Stat()
	if err != nil {
		return 0, "", err
	}
	if !slices.ContainsFunc(headers, func(header string) bool { return frame.CheckHeader(f, header) }) {
		return 0, "is no segment", nil
	}
	end, ixAt := info.Size(), int64(-1)
	if headers[0] == sealedHeader {
		if _, ixAt, err = readIndex(f, end, nil); err != nil {
			what = err.Error()
		} else {
			end -= int64(trailerSize)
		}
	}
	bad := 0
	found, err := frame.Scan(f, frame.FileHeader, end, func(at int64, payload []byte) error {
		if at == ixAt {
			return nil
		}
		if err := checkFrame(codec, payload); errors.Is(err, block.ErrDamaged) || errors.Is(err, pyramid.ErrDamaged) {
			bad++
		} else if err != nil {
			return err
		}
		good++
		return nil
	})
	if bad += len(found.Damaged); bad > 0 {
		what = fmt.Sprintf("%d places in it cannot be read", bad)
	}
	return good, what, err
}

// checkFrame reads a block, ends or a level.
func checkFrame(codec *block.Codec, payload []byte) error {
	if payload[0] == pyramid.Kind {
		_, err := pyramid.Decode(codec, payload)
		return err
	}
	if isEnds(payload) {
		payload = payload[1:]
	}
	_, err := codec.Decode(nil, payload, nil)
	return err
}

// Mend writes the named segments anew from the blocks that can be read; the damaged files go to the quarantine. Nobody else has the folder
// open.
func Mend(cfg Config, names []string) (err error) {
	h, _, err := Open(cfg) // cuts tails and sets aside what is no segment
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	for _, s := range slices.Clone(h.segments) {
		if !slices.ContainsFunc(names, func(name string) bool {
			return strings.HasPrefix(name, strings.TrimSuffix(s.name(), filepath.Ext(s.name())))
		}) {
			continue
		}
		if s.sealed {
			_, err = h.salvage(s, frame.Damage{})
		} else {
			err = h.sealOne(s)
		}
		if err != nil {
			return fmt.Errorf("mend segment %s: %w", s.name(), err)
		}
	}
	return nil
}
