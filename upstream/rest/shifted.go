package rest

// compare notes whether the upstream's own count was the same on all pages. It runs before a page is added.
func (l *List[R]) compare(total int64) {
	if total < 0 || l.Pages > 0 && total != l.ReportedTotal {
		l.uneven = true
	}
}

// Shifted reports whether rows may have moved from page to page while the list was read, so that some were missed
// (QUIRKS 60): it has several pages, and a row came twice, or the upstream's count changed, is unknown or is not that of
// the rows. The count alone is often wrong (QUIRKS 61), so this is a suspicion and no error.
func (l *List[R]) Shifted() bool {
	return l.Pages > 1 && !l.Truncated &&
		(l.uneven || l.Repeated > 0 || l.ReportedTotal != int64(len(l.Rows)+len(l.Bad)))
}
