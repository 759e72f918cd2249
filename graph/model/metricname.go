package model

// MetricName is a metric of one kind of thing, as documents or answers name it.
type MetricName struct {
	Kind MetricKind
	// Key tells it from the others of its kind, in any case.
	Key, Name string
	// Unit and Description are nil where nothing says them.
	Unit, Description *string
	// Documented and Seen say where the name comes from; one of them is true.
	Documented, Seen bool
}
