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
