package label

// Taxonomy is one revision of the classes that people label with. Ids are stable: renaming a class never touches a label.
type Taxonomy struct {
	Revision   int     `json:"revision" yaml:"-"`
	Name       Text    `json:"name" yaml:"name"`
	Task       Text    `json:"task,omitzero" yaml:"task"` // what people are asked to do, in a few sentences
	Classes    []Class `json:"classes" yaml:"classes"`
	Modes      []Term  `json:"modes,omitempty" yaml:"modes"`           // failure modes
	Mechanisms []Term  `json:"mechanisms,omitempty" yaml:"mechanisms"` // failure mechanisms
	Causes     []Term  `json:"causes,omitempty" yaml:"causes"`

	Equipment map[string]string `json:"equipment,omitempty" yaml:"equipment"` // asset → what kind of equipment it is, for terms that are about some only

	Mappings []Mapping `json:"mappings,omitempty" yaml:"mappings"` // classes that were merged into others or split
	Keys     Keys      `json:"keys,omitzero" yaml:"keys"`

	Changed int64  `json:"changed,omitempty" yaml:"-"` // UTC ns
	By      string `json:"by,omitempty" yaml:"-"`
}

// Class is one kind of defect or fault.
type Class struct {
	ID      string  `json:"id" yaml:"id"` // lower case letters, digits, dots and dashes
	Name    Text    `json:"name" yaml:"name"`
	On      string  `json:"on,omitempty" yaml:"on"`           // image, signal or both (empty)
	Hotkey  string  `json:"hotkey,omitempty" yaml:"hotkey"`   // one or two digits or letters
	Color   string  `json:"color,omitempty" yaml:"color"`     // of its regions in figures, #rrggbb
	Icon    string  `json:"icon,omitempty" yaml:"icon"`       // name of one of the page's pictograms
	Limit   float64 `json:"limit,omitempty" yaml:"limit"`     // greatest length that is still OK, mm
	Retired bool    `json:"retired,omitempty" yaml:"retired"` // kept for old labels, no longer offered

	Limits     []LimitPicture `json:"limits,omitempty" yaml:"limits"`
	Attributes []Attribute    `json:"attributes,omitempty" yaml:"attributes"`
}

// Term is one entry of a fault vocabulary.
type Term struct {
	ID   string `json:"id" yaml:"id"`
	Code string `json:"code,omitempty" yaml:"code"`
	Name Text   `json:"name" yaml:"name"`

	Equipment []string `json:"equipment,omitempty" yaml:"equipment"` // kinds of equipment that it is about; none is all
}

// Class returns the class with the id.
func (t *Taxonomy) Class(id string) (Class, bool) {
	for _, c := range t.Classes {
		if c.ID == id {
			return c, true
		}
	}
	return Class{}, false
}
