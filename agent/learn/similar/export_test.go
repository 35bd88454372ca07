package similar

import "image"

// Describe looks at a box once; the answer says how unlike another one is.
func Describe(m *image.Gray, box image.Rectangle) (self any, apart func(o any) float64) {
	d, ok := describe(m, box)
	if !ok {
		return nil, nil
	}
	return d, func(o any) float64 { return d.apart(o.(*descriptor)) }
}
