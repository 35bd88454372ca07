package export

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"edgelabel/agent/label"
)

// maxListed is how many files of one folder are listed one by one; a folder with more is a set.
const maxListed = 20

// croissant writes croissant.json: the dataset in the words of Croissant 1.0 with those of its vocabulary for responsible AI, from what is
// there.
//
// http://mlcommons.org/croissant/1.0, http://mlcommons.org/croissant/RAI/1.0
func (r *run) croissant(d *Description) error {
	distribution, sets, err := files(r.dir)
	if err != nil {
		return err
	}
	f := r.facts
	about := map[string]any{
		"@context":         croissantContext(),
		"@type":            "sc:Dataset",
		"conformsTo":       []string{"http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"},
		"name":             r.options.name(d.Format),
		"description":      fmt.Sprintf("%d items with %d pictures, judged by people beside the line, as %s.", d.Summary.Items, d.Summary.Images, d.Format),
		"license":          r.options.license(),
		"inLanguage":       []string{"zh-CN", "en"},
		"version":          fmt.Sprintf("1.0.%d", d.Taxonomy),
		"isLiveDataset":    false,
		"keywords":         byCount(f.classes),
		"temporalCoverage": day(f.first) + "/" + day(f.last),
		"distribution":     distribution,
	}
	if f.saved != 0 {
		about["datePublished"] = day(f.saved)
	}
	if len(sets) > 0 {
		about["recordSet"] = sets
	}
	for name, text := range r.responsible(d) {
		about["rai:"+name] = text
	}
	return writeJSON(filepath.Join(r.dir, "croissant.json"), about)
}

// responsible are the properties of the RAI vocabulary.
func (r *run) responsible(d *Description) map[string]any {
	f := r.facts
	return map[string]any{
		"dataCollection":          "Pictures and signals were taken by the sensors of a production line; rules, detectors and sampling chose which parts people saw.",
		"dataCollectionType":      []string{"Physical data collection", "Manual Human Curator"},
		"dataCollectionTimeframe": []string{day(f.first), day(f.last)},
		"dataCollectionMissingData": fmt.Sprintf("%d items that nobody judged are left out; %d entries in loss.json name what the format cannot hold.",
			d.Summary.Unlabeled, d.Summary.Lost),
		"dataAnnotationProtocol": fmt.Sprintf("One verdict an item (ok, not_ok, not_decidable) with regions and classes of taxonomy revision %d, by a person signed in by name. Counted: %s. %d of %d examples were reviewed by a second person.",
			d.Taxonomy, policyNames[d.Policy].EN, f.reviewed, d.Summary.Examples),
		"dataAnnotationPlatform":       "edgelabel",
		"annotationsPerItem":           perItem(d.Summary),
		"machineAnnotationTools":       fmt.Sprintf("%d regions are proposals of a detector that a person took unchanged, %d are proposals that a person corrected.", f.origins[label.ByAccepting], f.origins[label.ByEditing]),
		"annotatorDemographics":        fmt.Sprintf("%d operators of the plant; nothing else about them is recorded.", len(f.people)),
		"dataBiases":                   "Parts that a detector flagged are over-represented; shares of verdicts and classes are not those of the line.",
		"dataLimitations":              "OK means that nobody saw a defect. Lighting, camera and recipe are those of the named lines.",
		"personalSensitiveInformation": "User ids of operators may be in the labels; pictures show parts.",
		"dataReleaseMaintenancePlan":   "The dataset is frozen; a later export of the same source is another version.",
	}
}

func perItem(s Summary) string {
	if s.Items == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", float64(s.Examples)/float64(s.Items))
}

// files lists what is in the folder: a FileObject for each file, a FileSet for a folder with many, and a RecordSet for each CSV table.
func files(dir string) (distribution, sets []map[string]any, err error) {
	var names []string
	err = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	many := map[string]int{}
	for _, n := range names {
		many[path.Dir(n)]++
	}
	for _, n := range names {
		folder := path.Dir(n)
		if many[folder] > maxListed {
			distribution = append(distribution, fileSet(folder, path.Ext(n)))
			many[folder] = -1
		}
		if many[folder] < 0 {
			continue
		}
		object, err := fileObject(dir, n)
		if err != nil {
			return nil, nil, err
		}
		distribution = append(distribution, object)
		if path.Ext(n) == ".csv" && folder == "." {
			set, err := recordSet(dir, n)
			if err != nil {
				return nil, nil, err
			}
			sets = append(sets, set)
		}
	}
	return distribution, sets, nil
}

func fileSet(folder, ext string) map[string]any {
	return map[string]any{
		"@type": "cr:FileSet", "@id": folder, "name": folder, "encodingFormat": mediaType(ext), "includes": folder + "/*",
	}
}

func fileObject(dir, name string) (map[string]any, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return map[string]any{
		"@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": name, "contentSize": fmt.Sprintf("%d B", n),
		"encodingFormat": mediaType(path.Ext(name)), "sha256": hex.EncodeToString(h.Sum(nil)),
	}, nil
}

// recordSet describes a table by its header. Every column is text: what a cell means is with the format.
func recordSet(dir, name string) (map[string]any, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	header, err := csv.NewReader(f).Read()
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	id := "table/" + strings.TrimSuffix(name, ".csv")
	var fields []map[string]any
	for _, column := range header {
		fields = append(fields, map[string]any{
			"@type": "cr:Field", "@id": id + "/" + column, "name": column, "dataType": "sc:Text",
			"source": map[string]any{"fileObject": map[string]string{"@id": name}, "extract": map[string]string{"column": column}},
		})
	}
	return map[string]any{"@type": "cr:RecordSet", "@id": id, "name": id, "field": fields}, nil
}

// mediaType does not ask the machine's own table, which differs from one to the next.
func mediaType(ext string) string {
	own := map[string]string{
		".jsonl": "application/jsonlines", ".csv": "text/csv", ".parquet": "application/vnd.apache.parquet", ".tar": "application/x-tar", ".md": "text/markdown",
		".txt": "text/plain", ".yaml": "application/yaml", ".xml": "text/xml", ".tfrecord": "application/octet-stream", ".pbtxt": "text/plain",
		".bmp": "image/bmp", ".tiff": "image/tiff", ".png": "image/png", ".jpg": "image/jpeg", ".json": "application/json",
	}
	if t, ok := own[ext]; ok {
		return t
	}
	return "application/octet-stream"
}

// croissantContext is the one that the standard recommends (its appendix 1), with the RAI vocabulary.
func croissantContext() map[string]any {
	c := map[string]any{
		"@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
		"rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
		"data": map[string]string{"@id": "cr:data", "@type": "@json"}, "dataType": map[string]string{"@id": "cr:dataType", "@type": "@vocab"},
		"examples": map[string]string{"@id": "cr:examples", "@type": "@json"},
	}
	for _, term := range []string{
		"citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5",
		"parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "separator", "source", "subField", "transform",
	} {
		c[term] = "cr:" + term
	}
	return c
}

func (o *Options) license() string {
	if o.License == "" {
		return DefaultLicense
	}
	return o.License
}

func (o *Options) name(format string) string {
	if o.Name == "" {
		return "edgelabel " + format
	}
	return o.Name
}
