package figures

// Target is what a row of the table must reach: a bound on one figure.
type Target struct {
	// Work is what was done; Against is what the figure is, such as "over the floor".
	Work, Against string
	// Bound is the limit; Most says that the figure must stay below it, else it must reach it.
	Bound float64
	Most  bool
	// Got are the figures of the rounds; Missing says why there are none.
	Got     Rounds
	Missing string
	// Aim marks a wish rather than a duty.
	Aim bool
}

// Met reports whether the median keeps the bound.
func (t *Target) Met() bool {
	if len(t.Got) == 0 {
		return false
	}
	if t.Most {
		return t.Got.Median() <= t.Bound
	}
	return t.Got.Median() >= t.Bound
}

// verdict is the last column of the table.
func (t *Target) verdict() string {
	switch {
	case len(t.Got) == 0:
		return "not measured: " + t.Missing
	case t.Met():
		return "met"
	case t.Aim:
		return "aim not reached"
	}
	return "not met"
}

// bound is the target as text.
func (t *Target) bound() string {
	sign := "≥ "
	if t.Most {
		sign = "≤ "
	}
	return sign + Number(t.Bound)
}

// Targets makes the table of targets.
func Targets(list []Target) Table {
	table := Table{Columns: []string{"work", "figure", "target", "got", "spread", ""}}
	for i := range list {
		t := &list[i]
		table.Rows = append(table.Rows, []string{
			t.Work, t.Against, t.bound(), Number(t.Got.Median()), Percent(t.Got.Spread()), t.verdict(),
		})
	}
	return table
}
