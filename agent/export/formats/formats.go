// Package formats lists the dataset formats.
package formats

import (
	"edgelabel/agent/export"
	"edgelabel/agent/export/coco"
	"edgelabel/agent/export/csv"
	"edgelabel/agent/export/cvat"
	"edgelabel/agent/export/datumaro"
	"edgelabel/agent/export/imagefolder"
	"edgelabel/agent/export/jsonl"
	"edgelabel/agent/export/labelstudio"
	"edgelabel/agent/export/masks"
	"edgelabel/agent/export/parquet"
	"edgelabel/agent/export/tfrecord"
	"edgelabel/agent/export/voc"
	"edgelabel/agent/export/webdataset"
	"edgelabel/agent/export/yolo"
)

// All maps the name on the command line to the format.
func All() map[string]export.Format {
	return map[string]export.Format{
		"coco":        {Open: coco.Open, Drops: coco.Drops()},
		"csv":         {Open: csv.Open, Drops: csv.Drops()},
		"cvat":        {Open: cvat.Open, Drops: cvat.Drops()},
		"datumaro":    {Open: datumaro.Open, Drops: datumaro.Drops()},
		"imagefolder": {Open: imagefolder.Open, Drops: imagefolder.Drops()},
		"jsonl":       {Open: jsonl.Open, Drops: jsonl.Drops()},
		"labelstudio": {Open: labelstudio.Open, Drops: labelstudio.Drops()},
		"masks":       {Open: masks.Open, Drops: masks.Drops()},
		"parquet":     {Open: parquet.Open, Drops: parquet.Drops()},
		"tfrecord":    {Open: tfrecord.Open, Drops: tfrecord.Drops()},
		"voc":         {Open: voc.Open, Drops: voc.Drops()},
		"webdataset":  {Open: webdataset.Open, Drops: webdataset.Drops()},
		"yolo":        {Open: yolo.OpenBoxes, Drops: yolo.Drops()},
		"yolo-obb":    {Open: yolo.OpenOriented, Drops: yolo.Drops()},
		"yolo-seg":    {Open: yolo.OpenSegments, Drops: yolo.Drops()},
	}
}
