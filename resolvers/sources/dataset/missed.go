package dataset

import "github.com/opsgraph/opsgraph/cache"

// mostMissed is how many readings in turn a row may be missing from before it counts as gone, where rows may have been
// missed because the list shifted between its pages.
const mostMissed = 2

// withMissed adds to a list that may have shifted the rows of the reading before that it lacks: each reading of one in
// several pages can miss a row that is still there, and the next one finds it again. A row that is no longer listed by
// rule, such as one that has left the window, is gone at once.
func withMissed[R any](before, now cache.Fetched[R], row func(R) string, listed func(R) bool) cache.Fetched[R] {
	if !now.Shifted {
		return now
	}
	has := make(map[string]bool, len(now.Records))
	for _, record := range now.Records {
		has[row(record)] = true
	}
	missed := map[string]int{}
	for _, record := range before.Records {
		key := row(record)
		times := before.Missed[key] + 1
		if key == "" || has[key] || times > mostMissed || !listed(record) {
			continue
		}
		has[key] = true
		missed[key] = times
		now.Records = append(now.Records, record)
	}
	now.Missed, now.Unchecked = missed, false
	return now
}
