package label

// RegionKind is the shape of a region.
type RegionKind string

const (
	Box        RegionKind = "box"         // Rect
	RotatedBox RegionKind = "rotated_box" // Rect turned by Angle about its centre
	Polygon    RegionKind = "polygon"     // Points, closed by itself
	Mask       RegionKind = "mask"        // Rect and Runs
	Polyline   RegionKind = "polyline"    // Points
	Point      RegionKind = "point"       // one of Points
	Measure    RegionKind = "measure"     // two of Points: a length
	Interval   RegionKind = "interval"    // From, To, Tags
	Instant    RegionKind = "instant"     // From == To, Tags
)

// OnImage reports whether the shape lies on an image; the others lie on signals.
func (k RegionKind) OnImage() bool { return k != Interval && k != Instant }

// Origin says who made a region or a label.
type Origin string

const (
	ByPerson    Origin = "person"   // drawn or decided by a person
	ByAccepting Origin = "accepted" // a machine's proposal, taken unchanged
	ByEditing   Origin = "edited"   // a machine's proposal, corrected by a person
	ByMachine   Origin = "machine"  // a proposal that nobody confirmed; never inside a label
)

// Region marks a place on an image or a stretch of signals. Image coordinates are pixels of the original picture from its top left
// corner, x to the right and y down; the corner of the first pixel is 0,0 and its centre 0.5,0.5.
type Region struct {
	ID         string            `json:"id"` // unique within the label
	Kind       RegionKind        `json:"kind"`
	Class      string            `json:"class,omitempty"` // class id in the taxonomy
	Attributes map[string]string `json:"attributes,omitempty"`
	Origin     Origin            `json:"origin,omitempty"`
	Score      float64           `json:"score,omitempty"` // 0..1, of a proposal
	Links      []string          `json:"links,omitempty"` // ids of regions of the same finding, on the image or the signals

	Image  string       `json:"image,omitempty"`  // sha256 of the image
	Rect   *Rect        `json:"rect,omitempty"`   // pixels
	Angle  float64      `json:"angle,omitempty"`  // degrees, clockwise
	Points [][2]float64 `json:"points,omitempty"` // x, y in pixels
	Runs   []uint32     `json:"runs,omitempty"`   // row by row inside Rect: lengths of off, on, off … pixels; they sum to W*H

	From int64    `json:"from,omitempty"` // UTC ns, inclusive
	To   int64    `json:"to,omitempty"`   // UTC ns, inclusive
	Tags []string `json:"tags,omitempty"` // signals it belongs to

	Size *Size `json:"size,omitempty"` // only where the camera is calibrated
}

// Rect is an upright rectangle in pixels.
type Rect struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Size is a region's extent in millimetres and square millimetres.
type Size struct {
	Length float64 `json:"length"`
	Width  float64 `json:"width"`
	Area   float64 `json:"area"`
}
