package metrics

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// samples is what is kept of the rows of one window: the series that they form, with what is common to a series kept
// once. A window may have tens of thousands of rows (quirk 62), so that pages are never held together.
type samples[R any] struct {
	Series []rowSeries[R] `json:"series"`
	// Rows and Pages count what was read, Reported what the upstream says that there is; -1 when it does not.
	Rows     int   `json:"rows"`
	Pages    int   `json:"pages"`
	Reported int64 `json:"reported"`
	// Unreadable counts the rows that can't be used, Foreign those about another thing; they are in no series.
	Unreadable int `json:"unreadable,omitempty"`
	Foreign    int `json:"foreign,omitempty"`
	// Truncated reports that the limit of pages or, with Repeats, a page that came again ended the reading.
	Truncated bool `json:"truncated,omitempty"`
	Repeats   bool `json:"repeats,omitempty"`
	// Code is a code beside the rows that is not known as one of success.
	Code string `json:"code,omitempty"`
	// Settled reports that the window had ended so long before the reading that its samples no longer change.
	Settled bool `json:"settled,omitempty"`
}

// rowSeries is the rows of one series: one row for what they have in common, and value and time of each as sent.
type rowSeries[R any] struct {
	Head   R          `json:"head"`
	Points []rawPoint `json:"points"`
}

type rawPoint struct {
	Value loose.Number `json:"v,omitzero"`
	At    loose.Time   `json:"t,omitzero"`
}

// folding says how rows become series.
type folding[R any, K comparable] struct {
	// key is the same for the rows of one series.
	key func(R) K
	// split parts a row in what is kept once a series and its sample.
	split func(R) (R, rawPoint)
	// newer reports that a row is to replace the head of its series; nil: the first row stays.
	newer func(row, head R) bool
	// field is the record's field that names the thing, id its value in a row.
	field string
	id    func(R) loose.Text
}

// fold reads pages to their end and puts the rows of each that are about what was asked into series at once. It fails
// with any page, so that nothing partial is kept, where no row of the window can be used, and where [rest.Usable] does.
func (f folding[R, K]) fold(
	ctx context.Context, cfg dataset.Config, operation string, asked func(R) bool,
	pages iter.Seq2[rest.PageResult[R], error],
) (samples[R], error) {
	found := samples[R]{Series: []rowSeries[R]{}, Reported: -1}
	at := map[K]int{}
	for page, err := range pages {
		if err != nil {
			return samples[R]{}, dataset.AsFetchError(err)
		}
		found.Pages++
		found.Rows += len(page.Rows)
		found.Unreadable += len(page.Bad)
		cfg.CountGaps(operation, page.Bad)
		found.Truncated, found.Repeats, found.Code = page.Truncated, page.Repeats, cmp.Or(found.Code, page.Code)
		if page.ReportedTotal >= 0 {
			found.Reported = page.ReportedTotal
		}
		for _, row := range page.Rows {
			if !asked(row) {
				found.Foreign++
				continue
			}
			head, point := f.split(row)
			key := f.key(row)
			i, known := at[key]
			if !known {
				i = len(found.Series)
				at[key] = i
				found.Series = append(found.Series, rowSeries[R]{Head: head})
			} else if f.newer != nil && f.newer(row, found.Series[i].Head) {
				found.Series[i].Head = head
			}
			found.Series[i].Points = append(found.Series[i].Points, point)
		}
	}
	if found.Rows == 0 && found.Unreadable > 0 {
		return samples[R]{}, dataset.GapError(operation)
	}
	spec := dataset.Reading("esm", operation)
	if err := rest.Usable(spec, found.Rows, found.Unreadable); err != nil {
		return samples[R]{}, dataset.AsFetchError(err)
	}
	cfg.CountForeign(ctx, operation, f.field, found.Foreign)
	return found, nil
}

// gaps are the rows that could not be read, whatever they are about.
func (s samples[R]) gaps() []cache.Gap {
	if s.Unreadable == 0 {
		return nil
	}
	return []cache.Gap{{Reason: "unreadable rows", Rows: s.Unreadable}}
}

// namedIn are the metrics that the rows of samples name.
func namedIn[R any](s samples[R], metric func(R) named) []named {
	all := make([]named, len(s.Series))
	for i, series := range s.Series {
		all[i] = metric(series.Head)
	}
	return all
}

// points counts the samples.
func (s samples[R]) points() int {
	points := 0
	for _, series := range s.Series {
		points += len(series.Points)
	}
	return points
}

// settledAfter is how long after its end a window no longer changes: data lag by less than a minute (quirk 95).
const settledAfter = 10 * time.Minute

// settled reports whether a window that is read now no longer changes.
func settled(cfg dataset.Config, window dataset.Span) bool {
	return cfg.Now().Sub(window.To) > settledAfter
}

// metricAges are those of metrics; samples that no longer change are good for longer.
func metricAges(cfg dataset.Config, settled bool) cache.Ages {
	ages := cfg.Ages.Metrics
	if !settled {
		return ages
	}
	ages.Fresh = max(ages.Fresh, settledAfter)
	ages.Stale = max(ages.Stale, ages.Fresh)
	ages.Dead = max(ages.Dead, ages.Stale)
	return ages
}
