// Package formats lists the dataset formats.
package formats

import (
	"edgelabel/agent/export"
	"edgelabel/agent/export/coco"
	"edgelabel/agent/export/csv"
)

// All maps the name on the command line to the format.
func All() map[string]export.Format {
	return map[string]export.Format{
		"coco": {Open: coco.Open, Drops: coco.Drops()},
		"csv":  {Open: csv.Open, Drops: csv.Drops()},
	}
}
