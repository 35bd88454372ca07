package tfrecord

import (
	"math"
	"path"

	"google.golang.org/protobuf/encoding/protowire"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
)

// Fields of tensorflow/core/example/{example,feature}.proto.
const (
	exampleFeatures = 1 // Example.features
	featuresEntry   = 1 // Features.feature, a map
	entryKey        = 1
	entryValue      = 2
	bytesList       = 1 // Feature.kind
	floatList       = 2
	int64List       = 3
	listValue       = 1
)

// features is a Features message that grows.
type features struct{ body []byte }

func (f *features) add(key string, kind protowire.Number, list []byte) {
	value := field(nil, kind, list)
	entry := field(field(nil, entryKey, []byte(key)), entryValue, value)
	f.body = field(f.body, featuresEntry, entry)
}

func field(b []byte, n protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), body)
}

func (f *features) texts(key string, all ...string) {
	var list []byte
	for _, s := range all {
		list = field(list, listValue, []byte(s))
	}
	f.add(key, bytesList, list)
}

func (f *features) bytes(key string, b []byte) { f.add(key, bytesList, field(nil, listValue, b)) }

func (f *features) floats(key string, all []float32) {
	var packed []byte
	for _, v := range all {
		packed = protowire.AppendFixed32(packed, math.Float32bits(v))
	}
	f.add(key, floatList, field(nil, listValue, packed))
}

func (f *features) ints(key string, all ...int64) {
	var packed []byte
	for _, v := range all {
		packed = protowire.AppendVarint(packed, uint64(v))
	}
	f.add(key, int64List, field(nil, listValue, packed))
}

// example is the message for one picture.
func example(x *export.Example, p *picture.Picture, image []byte, b boxes) []byte {
	var f features
	f.bytes("image/encoded", image)
	f.texts("image/format", p.Format)
	f.texts("image/filename", path.Base(p.File))
	f.texts("image/source_id", x.Item.ID)
	f.texts("image/key/sha256", p.SHA256)
	f.ints("image/width", int64(p.Width))
	f.ints("image/height", int64(p.Height))
	f.texts("image/verdict", x.Label.Verdict.String())
	f.floats("image/object/bbox/xmin", b.xmin)
	f.floats("image/object/bbox/xmax", b.xmax)
	f.floats("image/object/bbox/ymin", b.ymin)
	f.floats("image/object/bbox/ymax", b.ymax)
	f.texts("image/object/class/text", b.name...)
	f.ints("image/object/class/label", b.class...)
	return field(nil, exampleFeatures, f.body)
}
