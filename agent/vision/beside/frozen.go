package beside

import (
	"fmt"
	"hash/fnv"
	"image"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// Duplicate is the method of candidates for pictures whose pixels came before under another name: a camera that froze, or a picture that
// was sent again. No camera takes the same picture twice: its noise differs.
const Duplicate = "duplicate"

// newest is how many pictures of a camera are remembered.
const newest = 16

// frozen remembers the newest pictures of a camera. After a start it knows none.
type frozen struct {
	ring [newest]taken
	next int
}

type taken struct {
	sum  uint64 // of size and pixels
	name string
}

// look reports a picture that came before under another name, and remembers it.
func (f *frozen) look(im label.Image, picture *image.Gray) (finding vision.Finding, found bool) {
	now := taken{sum: sumOf(picture), name: im.Name}
	for _, t := range f.ring {
		if t.sum != now.sum || t.name == "" {
			continue
		}
		if t.name == now.name {
			return finding, false // the same picture, handed in again
		}
		finding, found = vision.Finding{Score: 1, Explain: label.Text{
			ZH: fmt.Sprintf("与之前的图像 %s 逐像素相同：相机画面冻结，或同一图像重复发送。", t.name),
			EN: fmt.Sprintf("Every pixel is as on picture %s before: the camera froze, or sent a picture again.", t.name),
		}}, true
	}
	f.ring[f.next] = now
	f.next = (f.next + 1) % newest
	return finding, found
}

func sumOf(m *image.Gray) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, m.Rect.Max)
	h.Write(m.Pix) // a hash takes everything
	return h.Sum64()
}
