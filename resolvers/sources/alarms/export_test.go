package alarms

// NewView makes a view that no list keeps.
func NewView(lists ...*List) *View { return newView(lists) }
