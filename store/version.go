package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"edgelabel/store/frame"
)

// DataVersion is the version of everything that lies in a data directory. It grows when an older program would misread what a newer one
// wrote. Every older version opens as it is: what was written before stays, what is written from then on is of this version.
//
//	1  a directory without a version, too
//	2  blocks have kinds of columns, sealed segments have a pyramid
const DataVersion = 2

// ErrNewer is returned for a data directory that a newer program wrote. Nothing in it was touched.
var ErrNewer = errors.New("was written by a newer version of this program")

const versionFile = "version"

// checkVersion says which version a directory is of, and refuses one that this program does not know.
func checkVersion(dir string) (version int, err error) {
	b, err := os.ReadFile(filepath.Join(dir, versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 1, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s: %q is no version", filepath.Join(dir, versionFile), b)
	}
	if n > DataVersion {
		return n, fmt.Errorf("%s %w: version %d, this one knows %d", dir, ErrNewer, n, DataVersion)
	}
	return n, nil
}

// settleVersion checks the version and raises it to this program's, before anything is written that an older program would misread.
func settleVersion(dir string) error {
	version, err := checkVersion(dir)
	if version == DataVersion || err != nil {
		return err
	}
	return frame.WriteFile(filepath.Join(dir, versionFile), strings.NewReader(strconv.Itoa(DataVersion)+"\n"))
}
