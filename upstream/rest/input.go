package rest

// InputError is an argument that is well formed and yet can't be used. Nothing was sent.
type InputError struct {
	// System is the upstream system whose documents forbid it; empty where the gateway refuses it by itself.
	System string
	// Field is the argument, as System or the gateway names it.
	Field string
	// Message is what is wrong with it: of a system a phrase that follows the field's name, of the gateway a sentence,
	// which the client sees unchanged.
	Message string
}

// Error is the field and what is wrong with it; it never quotes the value.
func (e *InputError) Error() string {
	if e.System == "" {
		return e.Field + ": " + e.Message
	}
	return e.System + ": input " + e.Field + " " + e.Message
}
