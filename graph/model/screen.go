package model

import "encoding/json"

// SharedScreen has the data of a shared dashboard (getScreenData), whose fields are not documented.
type SharedScreen struct {
	ID      string
	ShareID string
	// Data is the answer as it came.
	Data json.RawMessage
}

// NewSharedScreen makes the screen of a share.
func NewSharedScreen(shareID string, data json.RawMessage) *SharedScreen {
	return &SharedScreen{ID: NewID(KindSharedScreen, shareID), ShareID: shareID, Data: data}
}

// IsNode marks SharedScreen as a Node of the schema.
func (*SharedScreen) IsNode() {}

// GetID returns the global id.
func (s *SharedScreen) GetID() string { return s.ID }
