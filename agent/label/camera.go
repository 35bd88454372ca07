package label

// CameraFacts is what is known of a camera: how large its pixels are, and which picture shows a good part.
type CameraFacts struct {
	Name       string  `json:"name"`
	MMPerPx    float64 `json:"mmPerPx,omitempty"` // what new pictures get; 0 when it is not calibrated
	MMPerCount float64 `json:"mmPerCount,omitempty"`
	Scale      *Scale  `json:"scale,omitempty"`     // nil: MMPerPx is that of the configuration
	Golden     *Golden `json:"golden,omitempty"`    // chosen by a person
	Reference  *Image  `json:"reference,omitempty"` // the first of the pictures that its detector compares with
}

// Ways to calibrate a camera.
const (
	ByRuler        = "ruler"        // a known distance on a picture
	ByCheckerboard = "checkerboard" // found on a picture
)

// Scale is a calibration of a camera. It holds for pictures that arrive later; those before keep theirs.
type Scale struct {
	MMPerPx float64 `json:"mmPerPx"`
	How     string  `json:"how"`
	Note    string  `json:"note,omitempty"`  // what was measured
	Datum   *Datum  `json:"datum,omitempty"` // where the part's zero lies; nil: nobody said
	By      string  `json:"by"`              // user id
	At      int64   `json:"at"`              // UTC ns
}

// Golden is the picture of a part that a person chose as the good one of its camera.
type Golden struct {
	Image Image  `json:"image"`
	Item  string `json:"item"`
	By    string `json:"by"` // user id
	At    int64  `json:"at"` // UTC ns
}

// Board is what was found of a checkerboard on a picture.
type Board struct {
	Columns int     `json:"columns"` // corners across, between four squares each
	Rows    int     `json:"rows"`
	MMPerPx float64 `json:"mmPerPx,omitempty"`
	Spread  float64 `json:"spread,omitempty"` // standard deviation of the corners about an even lattice, as a part of a square's side
	Refused string  `json:"refused,omitempty"`
}

// Why a checkerboard was not measured.
const (
	BoardNone    = "none"    // there is none on the picture
	BoardFew     = "few"     // too few squares are seen whole
	BoardSmall   = "small"   // its squares are a few pixels wide
	BoardFaint   = "faint"   // black and white are too alike
	BoardClipped = "clipped" // white is as bright as the sensor goes: its edges have moved
	BoardBlurred = "blurred" // its edges are not sharp
	BoardTilted  = "tilted"  // it does not lie flat under the camera
	BoardUneven  = "uneven"  // it is bent, or the lens distorts
)
