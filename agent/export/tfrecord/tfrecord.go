// Package tfrecord writes one TFRecord file for each split, with one tf.train.Example for each picture under the keys of TensorFlow's Object
// Detection API, and the label_map.pbtxt that goes with them. Boxes are shares of the picture's width and height.
//
// https://www.tensorflow.org/tutorials/load_data/tfrecord
package tfrecord

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// Drops is what the keys have no place for.
func Drops() []string { return append(picture.Drops(), "attributes of regions") }

type encoder struct {
	job export.Job
	f   *os.File
	w   *bufio.Writer
	crc *crc32.Table
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	if err := os.WriteFile(filepath.Join(job.Dir, "label_map.pbtxt"), labelMap(&job.Taxonomy), 0o644); err != nil {
		return nil, err
	}
	return export.PerSplit(job, func(job export.Job) (export.Encoder, error) {
		f, err := os.Create(job.File("examples", ".tfrecord"))
		if err != nil {
			return nil, err
		}
		return &encoder{job: job, f: f, w: bufio.NewWriterSize(f, 64<<10), crc: crc32.MakeTable(crc32.Castagnoli)}, nil
	})
}

// labelMap names the classes. Their numbers begin at 1: 0 is the background.
func labelMap(t *label.Taxonomy) []byte {
	var b strings.Builder
	for i, c := range t.Classes {
		fmt.Fprintf(&b, "item {\n  id: %d\n  name: %q\n  display_name: %q\n}\n", i+1, c.ID, c.Name.EN)
	}
	return []byte(b.String())
}

// Encode adds a record for each of the example's pictures, which leave the folder for it.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	pictures, err := picture.Of(&e.job, x, picture.Holds{})
	for i := range pictures {
		err = errors.Join(err, e.picture(x, &pictures[i]))
	}
	for _, file := range x.Files {
		err = errors.Join(err, os.Remove(filepath.Join(e.job.Dir, filepath.FromSlash(file))))
	}
	return err
}

func (e *encoder) picture(x *export.Example, p *picture.Picture) error {
	boxes, err := e.boxes(x, p)
	if err != nil {
		return err
	}
	if len(boxes.class) == 0 && x.Label.Verdict != label.OK {
		return p.Lost(&e.job, x, picture.Unmarked)
	}
	image, err := os.ReadFile(filepath.Join(e.job.Dir, filepath.FromSlash(p.File)))
	if err != nil {
		return err
	}
	return e.record(example(x, p, image, boxes))
}

// boxes are the regions of a picture, as columns.
type boxes struct {
	xmin, xmax, ymin, ymax []float32
	name                   []string
	class                  []int64
}

func (e *encoder) boxes(x *export.Example, p *picture.Picture) (b boxes, errs error) {
	w, h := float64(p.Width), float64(p.Height)
	for i := range p.Marks {
		m := &p.Marks[i]
		r, exact, reason := shape.Box(m.Region, p.Width, p.Height)
		switch {
		case reason != "":
			errs = errors.Join(errs, m.Lost(&e.job, x, reason))
			continue
		case !exact:
			errs = errors.Join(errs, m.Reduced(&e.job, x, "the box around it"))
		}
		b.xmin, b.xmax = append(b.xmin, float32(r.X/w)), append(b.xmax, float32((r.X+r.W)/w))
		b.ymin, b.ymax = append(b.ymin, float32(r.Y/h)), append(b.ymax, float32((r.Y+r.H)/h))
		b.name, b.class = append(b.name, m.Name()), append(b.class, int64(m.Class+1))
	}
	return b, errs
}

// record frames a message: its length, a masked CRC-32C of that, the message, a masked CRC-32C of that.
func (e *encoder) record(message []byte) error {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(message)))
	head = binary.LittleEndian.AppendUint32(head, e.masked(head))
	_, err := e.w.Write(head)
	_, err2 := e.w.Write(message)
	_, err3 := e.w.Write(binary.LittleEndian.AppendUint32(nil, e.masked(message)))
	return errors.Join(err, err2, err3)
}

// masked is the checksum that the format wants, so that the checksum of data which holds checksums is none.
func (e *encoder) masked(b []byte) uint32 {
	sum := crc32.Checksum(b, e.crc)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// Close finishes the file and removes the folder that the pictures came through.
func (e *encoder) Close() error {
	return errors.Join(e.w.Flush(), e.f.Close(), picture.RemoveFolder(&e.job))
}
