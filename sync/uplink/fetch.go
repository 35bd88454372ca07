package uplink

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"edgelabel/agent/journal"
)

// maxLine bounds one row of items or labels, in bytes.
const maxLine = 64 << 20

// inMemory is up to which size an object is held in memory while it is read, in bytes.
const inMemory = 4 << 20

// fetched is an object whose bytes were checked.
type fetched interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// fetch copies an object that a manifest names to this machine and checks its bytes. A large one goes to a temporary file without a name.
func fetch(ctx context.Context, from Target, o journal.Object) (fetched, error) {
	if o.Size <= inMemory {
		var b bytes.Buffer
		err := reread(ctx, from, o, &b)
		return inRAM{bytes.NewReader(b.Bytes())}, err
	}
	f, err := unnamedFile()
	if err != nil {
		return nil, err
	}
	if err = reread(ctx, from, o, f); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

type inRAM struct{ *bytes.Reader }

func (inRAM) Close() error { return nil }

// unnamedFile is a file that vanishes when it is closed, or when the process ends.
func unnamedFile() (*os.File, error) {
	f, err := os.CreateTemp("", "edgelabel-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// eachLine calls yield with every line of a packed file. The slice is valid during the call only.
func eachLine(r io.Reader, yield func(line []byte) error) error {
	z, err := unpack(r)
	if err != nil {
		return err
	}
	defer z.Close()
	s := bufio.NewScanner(z)
	s.Buffer(make([]byte, 64<<10), maxLine)
	for s.Scan() {
		if err := yield(s.Bytes()); err != nil {
			return err
		}
	}
	return s.Err()
}

// chainLink is one manifest's place, as its key says.
type chainLink struct {
	key    string
	chain  string // the key's folder
	epoch  uint64
	number uint64
}

// parseChainLink reads a key below commitsRoot.
func parseChainLink(key string) (chainLink, error) {
	parts := strings.Split(strings.TrimPrefix(key, commitsRoot), "/")
	if len(parts) == 3 && strings.HasPrefix(parts[0], "gw=") && len(parts[2]) == len("00000000000000000000.json") {
		epoch, err := strconv.ParseUint(strings.TrimPrefix(parts[1], "epoch="), 10, 64)
		number, err2 := strconv.ParseUint(strings.TrimSuffix(parts[2], ".json"), 10, 64)
		if err == nil && err2 == nil && number > 0 {
			return chainLink{key, strings.TrimSuffix(key, parts[2]), epoch, number}, nil
		}
	}
	return chainLink{}, fmt.Errorf("%s: %w: want gw=<id>/epoch=<n>/<20 digits>.json", key, ErrManifest)
}

// listChains returns the place of every manifest below a prefix: chain after chain, each by number. Keys that are none are returned apart.
func listChains(ctx context.Context, from Target, below string) (links []chainLink, odd []error, err error) {
	err = from.List(ctx, below, func(i Info) bool {
		l, err := parseChainLink(i.Key)
		if err != nil {
			odd = append(odd, err)
		} else {
			links = append(links, l)
		}
		return true
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list %s: %w", below, err)
	}
	slices.SortStableFunc(links, func(a, b chainLink) int {
		if gwA, gwB := gatewayFolder(a.key), gatewayFolder(b.key); gwA != gwB {
			return strings.Compare(gwA, gwB)
		}
		return cmp.Compare(a.epoch, b.epoch)
	})
	return links, odd, nil
}

// gatewayFolder is the part of a manifest's key that all epochs of a gateway share.
func gatewayFolder(key string) string {
	folder, _, _ := strings.Cut(key, "/epoch=")
	return folder
}
