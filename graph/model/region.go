package model

// Region is a region of the dedicated cloud, known from the configuration or from an answer that names it.
type Region struct {
	// ID is the global id.
	ID string
	// Code is the region code such as cn-north-7.
	Code string
	// Name is the configured display name; nil when not configured.
	Name *string
	// NameEn is the configured English display name; nil when not configured.
	NameEn *string
}

// NewRegion makes a region; empty names are nil.
func NewRegion(code, name, nameEn string) *Region {
	return &Region{ID: NewID(KindRegion, code), Code: code, Name: textOrNil(name), NameEn: textOrNil(nameEn)}
}

// IsNode marks Region as a Node of the schema.
func (*Region) IsNode() {}

// GetID returns the global id.
func (r *Region) GetID() string { return r.ID }

func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
