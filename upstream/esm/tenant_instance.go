package esm

import (
	"context"
	"encoding/json"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TenantInstances is the answer of listTenantInstanceData, of which no edition documents a field (QUIRKS 101).
type TenantInstances struct {
	// Rows are the elements of "list", as in the other lists, or of the answer when it is itself a list; else nil.
	Rows []json.RawMessage
	// Raw is the whole answer as sent.
	Raw json.RawMessage
	// Code is a code beside the rows that is not known as one of success ([rest.Notice]); empty means none.
	Code string
}

// RowCount implements [rest.Counted].
func (t *TenantInstances) RowCount() int { return len(t.Rows) }

// UnmarshalJSON takes any JSON value.
func (t *TenantInstances) UnmarshalJSON(data []byte) error {
	raw, err := canonical(data)
	if err != nil {
		return err
	}
	*t = TenantInstances{Raw: raw}
	var envelope struct {
		List []json.RawMessage `json:"list"`
	}
	var rows []json.RawMessage
	switch {
	case json.Unmarshal(raw, &rows) == nil:
		t.Rows = rows
	case json.Unmarshal(raw, &envelope) == nil:
		t.Rows = envelope.List
	}
	return nil
}

// TenantInstanceTypes are the words that TenantInstances accepts.
func TenantInstanceTypes() []string { return []string{"ECS", "EVS", "OBS", "BMS"} }

// TenantInstances reads the instances of one type in the tenant zone, all at once: the operation has no paging, no
// window and no filter (QUIRKS 63). ResourceInstances is the documented one.
func (c *Client) TenantInstances(ctx context.Context, resourceType string) (TenantInstances, error) {
	if err := checkOneOf("type", resourceType, TenantInstanceTypes()); err != nil {
		return TenantInstances{}, err
	}
	answer, err := rest.Call(ctx, c.rest, listTenantInstanceData, rest.Request{
		Path: map[string]string{"resource_type": resourceType},
	})
	answer.Body.Code = answer.Notice.Code
	return answer.Body, err
}
