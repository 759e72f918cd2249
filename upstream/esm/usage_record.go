package esm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// UsageRecord is one usage record of a search. No edition documents its fields (QUIRKS 101): those of ResourceInstance
// and an end time are likely and read where they are; Raw has them all.
type UsageRecord struct {
	Fields UsageFields
	// Raw is the record as sent, an object as far as is known; it is stored.
	Raw json.RawMessage
}

// UsageFields are the likely fields of a UsageRecord. One that is missing or of another shape is absent.
type UsageFields struct {
	ResourceID          loose.Text   `json:"resource_id"`
	ResourceTypeCode    loose.Text   `json:"resource_type_code"`
	ResourceSpecCode    loose.Text   `json:"resource_spec_code"`
	ServiceTypeCode     loose.Text   `json:"cloud_service_type_code"`
	RegionCode          loose.Text   `json:"region_code"`
	ZoneCode            loose.Text   `json:"az_code"`
	DomainID            loose.Text   `json:"domain_id"`
	DomainName          loose.Text   `json:"domain_name"`
	ProjectID           loose.Text   `json:"project_id"`
	EnterpriseProjectID loose.Text   `json:"enterprise_project_id"`
	FactorName          loose.Text   `json:"accumulate_factor_name"`
	FactorValue         loose.Number `json:"accumulate_factor_value"`
	BeginTime           loose.Time   `json:"begin_time"`
	EndTime             loose.Time   `json:"end_time"`
	RecordedAt          loose.Time   `json:"time_stamp"` // may be weeks after the use (QUIRKS 111)
	RecordType          loose.Text   `json:"record_type"`
	ParentResource      loose.Text   `json:"relate_parent_resource"`
	Tag                 loose.Text   `json:"tag"`
}

// UnmarshalJSON takes any JSON value, so that none fails a page of records.
func (u *UsageRecord) UnmarshalJSON(data []byte) error {
	raw, err := canonical(data)
	if err != nil {
		return err
	}
	*u = UsageRecord{Raw: raw}
	var values map[string]json.RawMessage
	if json.Unmarshal(data, &values) != nil {
		return nil //nolint:nilerr // not an object: Raw is all there is to say
	}
	// Nested values fit no known field and would fail them all; they stay in Raw.
	maps.DeleteFunc(values, func(_ string, value json.RawMessage) bool {
		return value[0] == '{' || value[0] == '['
	})
	scalars, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("usage record: %w", err)
	}
	if err := json.Unmarshal(scalars, &u.Fields); err != nil {
		return fmt.Errorf("usage record: %w", err)
	}
	return nil
}

// MarshalJSON returns the record as sent, null when there is none.
func (u UsageRecord) MarshalJSON() ([]byte, error) {
	if u.Raw == nil {
		return []byte("null"), nil
	}
	return u.Raw, nil
}

// canonical is data without blanks, escaped as json.Marshal will do it anyway, so that storing and reading it again
// changes nothing.
func canonical(data []byte) (json.RawMessage, error) {
	var compact, escaped bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return nil, fmt.Errorf("undocumented value: %w", err)
	}
	json.HTMLEscape(&escaped, compact.Bytes())
	return escaped.Bytes(), nil
}
