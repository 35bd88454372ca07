package detect

import "slices"

// Chart says what a control chart plots and which of its run rules count.
type Chart struct {
	Plot     string  // individuals, ewma or cusum; empty is individuals
	Rules    []int   // 1 to 8 in Nelson's numbering, for individuals; nil is DefaultRunRules
	Run      int     // points in a row of rule 2: 9 as Nelson, or 8 as Western Electric; 0 is DefaultRun
	Learn    int     // points to learn centre, spread and autocorrelation on; 0 is DefaultChartLearn
	Decouple string  // against autocorrelation: thin, residuals or none; empty is residuals
	Lambda   float64 // ewma: weight of the newest point; 0 is DefaultLambda
	Width    float64 // ewma: control limits in standard deviations of what is plotted; 0 is DefaultWidth
	Shift    float64 // cusum: the shift to find, in standard deviations; 0 is DefaultShift
	Decision float64 // cusum: how much of it adds up to a signal, in standard deviations; 0 is DefaultDecision
}

// What a chart takes where it is silent.
const (
	Individuals = "individuals"
	EWMA        = "ewma"
	CUSUM       = "cusum"

	Thin      = "thin"
	Residuals = "residuals"
	Raw       = "none"

	DefaultChartLearn = 1000 // points
	LeastChartLearn   = 50
	DefaultRun        = 9 // points
	DefaultLambda     = 0.2
	DefaultWidth      = 3.0
	DefaultShift      = 1.0
	DefaultDecision   = 5.0
)

// DefaultRunRules are a point beyond three standard deviations, and nine in a row on one side: more of them only cry wolf on signals that
// nobody subgroups.
func DefaultRunRules() []int { return []int{1, 2} }

// Complete fills in what the chart leaves out.
func (c Chart) Complete() Chart {
	fill(&c.Plot, Individuals)
	fill(&c.Decouple, Residuals)
	fill(&c.Learn, DefaultChartLearn)
	fill(&c.Run, DefaultRun)
	fill(&c.Lambda, DefaultLambda)
	fill(&c.Width, DefaultWidth)
	fill(&c.Shift, DefaultShift)
	fill(&c.Decision, DefaultDecision)
	if c.Rules == nil {
		c.Rules = DefaultRunRules()
	}
	return c
}

func fill[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

func (c Chart) check(wrong func(field, format string, args ...any)) {
	c = c.Complete()
	if !slices.Contains([]string{Individuals, EWMA, CUSUM}, c.Plot) {
		wrong("plot", "%q, want individuals, ewma or cusum", c.Plot)
	}
	if !slices.Contains([]string{Thin, Residuals, Raw}, c.Decouple) {
		wrong("decouple", "%q, want thin, residuals or none", c.Decouple)
	}
	if c.Learn < LeastChartLearn || c.Learn > MaxLearn {
		wrong("learn", "%d points, want %d to %d", c.Learn, LeastChartLearn, MaxLearn)
	}
	if c.Run != 8 && c.Run != 9 {
		wrong("run", "%d points, want 8 or 9", c.Run)
	}
	for i, n := range c.Rules {
		if n < 1 || n > 8 || slices.Contains(c.Rules[:i], n) {
			wrong("rules", "%d, want numbers from 1 to 8, each once", n)
		}
	}
	if !(c.Lambda > 0 && c.Lambda <= 1) {
		wrong("lambda", "%g, want more than 0 and at most 1", c.Lambda)
	}
	for name, v := range map[string]float64{"width": c.Width, "shift": c.Shift, "decision": c.Decision} {
		if !(v > 0 && v <= 100) {
			wrong(name, "%g, want more than 0 and at most 100", v)
		}
	}
}
