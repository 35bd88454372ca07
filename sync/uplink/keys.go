package uplink

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// The layout of a central store, below the target's prefix:
//
//	v1/blobs/sha256/ab/cd/<hex>.<ext>                               images, content-addressed, shared by all gateways
//	v1/windows/site=S/line=L/date=D/<gw>-<batch>-<sha12>.parquet    signals of the batch's items
//	v1/items/site=S/line=L/date=D/<gw>-<batch>-<sha12>.jsonl.gz     one line an item
//	v1/labels/site=S/line=L/date=D/<gw>-<batch>-<sha12>.jsonl.gz    one line a label revision
//	v1/commits/gw=G/epoch=N/<batch>.json                            manifests, each written last
//	v1/state/gw=G/…                                                 advisory
//	v1/control/gw=G/<sender>/<version>.json                         signed bundles for a gateway; v1/control/all/… for every one
//	v1/control/files/<sha256>                                       files that a bundle names
//
// <batch> is the batch's number with 20 digits, so that keys sort as numbers do; D is the event date in UTC.
const (
	root        = "v1/"
	commitsRoot = root + "commits/"
	stateRoot   = root + "state/"
	controlRoot = root + "control/"

	foretoldFolder = "foretold/" // below a gateway's state
)

// dataRoots are the folders whose objects a manifest must name.
func dataRoots() []string {
	return []string{root + "blobs/", root + "items/", root + "labels/", root + "windows/"}
}

// partition is where rows of one site, line and event date stand.
type partition struct{ site, line, date string }

func (p partition) path() string {
	return fmt.Sprintf("site=%s/line=%s/date=%s", segment(p.site), segment(p.line), p.date)
}

func partitionOf(site, line string, at int64) partition {
	return partition{site, line, time.Unix(0, at).UTC().Format(time.DateOnly)}
}

func dataKey(folder string, p partition, gateway string, number uint64, sha256, ext string) string {
	return fmt.Sprintf("%s%s/%s/%s-%020d-%s.%s", root, folder, p.path(), segment(gateway), number, sha256[:12], ext)
}

func chainPrefix(gateway string, epoch uint64) string {
	return fmt.Sprintf("%sgw=%s/epoch=%d/", commitsRoot, segment(gateway), epoch)
}

func manifestKey(gateway string, epoch, number uint64) string {
	return fmt.Sprintf("%s%020d.json", chainPrefix(gateway, epoch), number)
}

// ControlPrefix is the folder of one sender's bundles for a gateway, or for every gateway when gateway is empty.
func ControlPrefix(gateway, sender string) string {
	if gateway == "" {
		return controlRoot + "all/" + segment(sender) + "/"
	}
	return controlRoot + "gw=" + segment(gateway) + "/" + segment(sender) + "/"
}

// ControlKey is where a bundle lies, below ControlPrefix.
func ControlKey(gateway, sender string, version uint64) string {
	return fmt.Sprintf("%s%020d.json", ControlPrefix(gateway, sender), version)
}

// ControlFile is where a file lies that a bundle names.
func ControlFile(sha256 string) string { return controlRoot + "files/" + sha256 }

// foretoldKey is where a gateway tells of an item whose pictures have not come yet.
func foretoldKey(gateway, item string) string {
	return stateKey(gateway, foretoldFolder+segment(item)+".json")
}

// ControlReport is where a gateway says what became of its bundles.
func ControlReport(gateway string) string { return stateKey(gateway, "control.json") }

func stateKey(gateway, name string) string {
	return stateRoot + "gw=" + segment(gateway) + "/" + name
}

func blobKey(sha256, format string) string {
	return fmt.Sprintf("%sblobs/sha256/%s/%s/%s.%s", root, sha256[:2], sha256[2:4], sha256, extension(format))
}

func extension(format string) string {
	switch format {
	case "jpeg":
		return "jpg"
	case "png", "bmp", "tiff":
		return format
	}
	return "bin"
}

// segment makes a name safe as one part of a key: letters and digits of any script, dash, dot and underscore stay, everything else is
// percent-encoded as in Hive partition names. An empty name becomes "unknown".
func segment(name string) string {
	if name == "" {
		return "unknown"
	}
	var b strings.Builder
	for i, r := range name {
		if unicode.IsLetter(r) && r != unicode.ReplacementChar || unicode.IsDigit(r) || strings.ContainsRune("-_", r) || r == '.' && i > 0 {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// isDigest reports whether s is a SHA-256 in lower-case hex.
func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
