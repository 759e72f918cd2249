package guard

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/live"
)

// Formats judge what @constraint(format:) names in the schema.
func Formats(now func() time.Time) map[string]Format {
	return map[string]Format{
		"global-id": func(value any) error {
			text, _ := value.(string)
			_, err := model.ParseID(text)
			return err
		},
		"cursor": func(value any) error {
			text, _ := value.(string)
			_, err := model.ParseCursor(text)
			return err
		},
		"event-id": func(value any) error {
			text, _ := value.(string)
			_, err := live.ParseEventID(text)
			return err
		},
		"time-range": func(value any) error {
			fields, _ := value.(map[string]any)
			return model.CheckTimeRange(fields, now())
		},
	}
}

// Scalars judge the values of custom scalars before anything is executed.
func Scalars() map[string]Format {
	return map[string]Format{
		"DateTime": func(value any) error { _, err := model.UnmarshalDateTime(value); return err },
		"Date":     func(value any) error { _, err := model.UnmarshalDate(value); return err },
		"Duration": func(value any) error { _, err := model.UnmarshalDuration(value); return err },
		"Decimal":  func(value any) error { _, err := model.UnmarshalDecimal(value); return err },
	}
}
