package model_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestIDsOfJobsScreensAndResources(t *testing.T) {
	resource := "batch-volume-16380-00024604"
	tests := []struct {
		name string
		id   string
		want model.GlobalID
	}{
		{
			"asp report", model.NewAspReportJob("p", "i", "j").ID,
			model.GlobalID{Kind: model.KindAspReportJob, Parts: []string{"p", "i", "j"}},
		},
		{
			"usage export", model.NewUsageExportJob(model.UsageExportKindUsers, "p", "t").ID,
			model.GlobalID{Kind: model.KindUsageExportJob, Parts: []string{"USERS", "p", "t"}},
		},
		{
			"screen", model.NewSharedScreen("share", nil).ID,
			model.GlobalID{Kind: model.KindSharedScreen, Parts: []string{"share"}},
		},
		{
			"resource", model.PayPerUseResourceID("c", &resource, []byte(`{}`)),
			model.GlobalID{Kind: model.KindPayPerUseResource, Parts: []string{"c", resource}},
		},
		{
			"resource without an id", model.PayPerUseResourceID("c", nil, []byte(`{}`)),
			model.GlobalID{Kind: model.KindPayPerUseResource, Parts: []string{
				"c", "-", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
			}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := model.ParseID(test.id)
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("id (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuditEventIDHasTheDay(t *testing.T) {
	start := time.Date(2024, 9, 20, 23, 30, 0, 0, time.FixedZone("", -3600)) // the 21st in UTC
	id, err := model.ParseID(model.AuditEventID("20|30", start))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	event, day, err := model.AuditEventKey(id)
	if err != nil || event != "20|30" || !day.Equal(time.Date(2024, 9, 21, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("key = %q, %v, %v", event, day, err)
	}
	for _, parts := range [][]string{{"2030", "yesterday"}, {"2030", "2024-02-30"}} {
		if _, _, err := model.AuditEventKey(model.GlobalID{Kind: model.KindAuditEvent, Parts: parts}); !errors.Is(err,
			model.ErrInvalidID) {
			t.Errorf("key of %v: %v, want %v", parts, err, model.ErrInvalidID)
		}
	}
	if _, _, err := model.AuditEventKey(model.GlobalID{Kind: model.KindDevice, Parts: []string{"x"}}); !errors.Is(err,
		model.ErrInvalidID) {
		t.Errorf("key of a device: %v, want %v", err, model.ErrInvalidID)
	}
}
