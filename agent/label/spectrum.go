package label

// Spectrum is what a block of a waveform held by frequency when a candidate opened on what is derived from it.
type Spectrum struct {
	Tag       string    `json:"tag"`                // the waveform
	At        int64     `json:"at"`                 // UTC ns, of the block
	Unit      string    `json:"unit,omitempty"`     // of Amplitude
	Envelope  bool      `json:"envelope,omitempty"` // of the envelope of a band, not of the waveform itself
	Step      float64   `json:"step"`               // Hz; value k is the largest from k*Step up to (k+1)*Step
	Amplitude []float64 `json:"amplitude"`          // peak, four digits
	Lines     []Line    `json:"lines,omitempty"`    // frequencies of parts of the machine at the speed of that moment
}

// Line is a frequency with a name.
type Line struct {
	Name string  `json:"name"`
	Hz   float64 `json:"hz"`
}
