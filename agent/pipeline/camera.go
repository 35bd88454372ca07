package pipeline

import (
	"fmt"

	"edgelabel/agent/label"
)

// severitySample is that of a picture nobody found wrong.
const severitySample = 1

const severityResult = 500

// choose applies the camera's rule. Only pictures that are new count for every N-th.
func (p *Pipeline) choose(cam Camera, im label.Image, known bool) (label.Candidate, bool) {
	if !known {
		p.taken[cam.Name]++
	}
	c := label.Candidate{
		Rule: cam.Name + "." + string(cam.Select), Detector: detectorSample, From: im.Time(), To: im.Time(),
		Severity: severitySample, Image: im.SHA256,
	}
	switch {
	case im.Machine == label.NotOK && cam.Select != SelectNone:
		c.Rule, c.Detector, c.Score, c.Severity = cam.Name+"."+string(SelectNG), detectorResult, 1, severityResult
		c.Explain = judged(cam.Name, im.Part.PartID)
	case cam.Select == SelectEvery && !known && p.taken[cam.Name]%uint64(cam.EveryN) == 0:
		c.Explain = label.Text{
			ZH: fmt.Sprintf("相机 %s 每 %d 张抽检 1 张。", cam.Name, cam.EveryN),
			EN: fmt.Sprintf("Camera %s: one picture in %d is shown.", cam.Name, cam.EveryN),
		}
	case cam.Select == SelectAll:
		c.Explain = label.Text{
			ZH: fmt.Sprintf("相机 %s 的图像全部检查。", cam.Name),
			EN: fmt.Sprintf("Camera %s: every picture is shown.", cam.Name),
		}
	default:
		return label.Candidate{}, false
	}
	c.ID = p.cfg.NewID()
	p.meter.count(func(m *meter) { m.candidates[c.Detector]++ })
	return c, true
}

func judged(camera, part string) label.Text {
	if part == "" {
		return label.Text{ZH: "相机 " + camera + " 判定工件不合格（NG）。", EN: "Camera " + camera + " judged the part not OK."}
	}
	return label.Text{ZH: "相机 " + camera + " 判定工件 " + part + " 不合格（NG）。", EN: "Camera " + camera + " judged part " + part + " not OK."}
}

// shown remembers which item shows which of the newest pictures.
type shown struct {
	items map[trace]string
	ring  []trace
	next  int
}

type trace struct{ sha256, camera, name string }

const maxShown = 8192

func newShown() shown { return shown{items: map[trace]string{}} }

func (s *shown) item(im label.Image) string { return s.items[trace{im.SHA256, im.Camera, im.Name}] }

func (s *shown) add(im label.Image, item string) {
	k := trace{im.SHA256, im.Camera, im.Name}
	if _, known := s.items[k]; !known {
		if len(s.ring) < maxShown {
			s.ring = append(s.ring, k)
		} else {
			delete(s.items, s.ring[s.next])
			s.ring[s.next] = k
			s.next = (s.next + 1) % maxShown
		}
	}
	s.items[k] = item
}
