package esm_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestQuirk012JobIDUnderTwoNames(t *testing.T) {
	client, _ := serve(t, esm.Options{}, func(r recorded) (int, string) {
		if r.Method == http.MethodPost {
			return http.StatusOK, example(t, "createMeterQueryJob.joined.json")
		}
		return http.StatusOK, example(t, "getMeterQueryJob.pending.json")
	})
	created, err := client.CreateMeterJob(t.Context(), domainID, esm.MeterJobRequest{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := client.MeterJob(t.Context(), domainID, created)
	if err != nil {
		t.Fatal(err)
	}
	if created != jobID || state.JobID.String() != created {
		t.Errorf("created %q, state of %q, want %q", created, state.JobID, jobID)
	}
}

func TestQuirk079AnySuccessCreates(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
		client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return status, `{"job_id":"j"}` })
		if id, err := client.CreateMeterJob(t.Context(), domainID, esm.MeterJobRequest{}); err != nil || id != "j" {
			t.Errorf("%d gives %q, %v", status, id, err)
		}
	}
	client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusNoContent, "" })
	if id, err := client.CreateMeterJob(t.Context(), domainID,
		esm.MeterJobRequest{}); rest.KindOf(err) != rest.BadResponse {
		t.Errorf("204 gives %q, %v, want a bad response", id, err)
	}
}

func TestMeterJobStates(t *testing.T) {
	for file, want := range map[string]struct {
		status   string
		progress int64
	}{
		"getMeterQueryJob.pending.json": {esm.MeterJobPending, 0},
		"getMeterQueryJob.running.json": {esm.MeterJobRunning, 40},
		"getMeterQueryJob.json":         {esm.MeterJobSuccess, 100},
		"getMeterQueryJob.failure.json": {esm.MeterJobFailure, 40},
	} {
		state := decode[esm.MeterJobState](t, example(t, file))
		if progress, ok := state.Progress.Int(); !ok || progress != want.progress || state.Status.String() != want.status {
			t.Errorf("%s: %q, %d, %v, want %+v", file, state.Status, progress, ok, want)
		}
	}
}

func TestCreateMeterJobSendsWhatIsAsked(t *testing.T) {
	for name, test := range map[string]struct {
		in   esm.MeterJobRequest
		want string
	}{
		"nothing": {esm.MeterJobRequest{}, `{}`},
		"from only": {
			esm.MeterJobRequest{From: time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)},
			`{"min_sdr_time":"2024-02-01 00:00:00"}`,
		},
		"Quirk055 end of February": {
			esm.MeterJobRequest{To: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
			`{"max_sdr_time":"2024-03-01 00:00:00"}`,
		},
		"Quirk055 date of its own zone": {
			esm.MeterJobRequest{From: time.Date(2024, 2, 1, 1, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))},
			`{"min_sdr_time":"2024-02-01 00:00:00"}`,
		},
		"one day": {
			esm.MeterJobRequest{
				From: time.Date(2024, 1, 31, 20, 0, 0, 0, time.UTC),
				To:   time.Date(2024, 1, 31, 3, 0, 0, 0, time.UTC),
			},
			`{"min_sdr_time":"2024-01-31 00:00:00","max_sdr_time":"2024-02-01 00:00:00"}`,
		},
		"Quirk100 region and site": {
			esm.MeterJobRequest{HCSOID: "h", RegionID: "cn-north-7"},
			`{"hcso_id":"h","region_id":"cn-north-7"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := serveExample(t, "createMeterQueryJob.json")
			if _, err := client.CreateMeterJob(t.Context(), domainID, test.in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(jsonValue(t, test.want), jsonValue(t, server.seen()[0].Body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCreateMeterJobIsNeverRepeated(t *testing.T) {
	client, server := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusInternalServerError, `{}` })
	_, err := client.CreateMeterJob(t.Context(), domainID, esm.MeterJobRequest{})
	if rest.KindOf(err) != rest.Unavailable {
		t.Errorf("got error %v, want unavailable", err)
	}
	if requests := server.seen(); len(requests) != 1 {
		t.Errorf("sent %d requests, want one", len(requests))
	}
}

func TestCreateMeterJobWithoutAnID(t *testing.T) {
	for _, body := range []string{`{}`, `{"job_id":""}`, `{"job_id":"null"}`, `{"id":"a"}`} {
		client, _ := serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusCreated, body })
		if id, err := client.CreateMeterJob(t.Context(), domainID,
			esm.MeterJobRequest{}); rest.KindOf(err) != rest.BadResponse {
			t.Errorf("%s gives %q, %v, want a bad response", body, id, err)
		}
	}
}

func TestQuirk101UsageRecordIsOpen(t *testing.T) {
	page := decode[esm.MeterJobPage](t, example(t, "listMeterJobSdrs.illustrative.json"))
	if len(page.Records) != 2 || page.Marker.String() != "MjAyNDA5MjAwODAwMDAtMg==" {
		t.Fatalf("%d records, marker %q", len(page.Records), page.Marker)
	}
	equal(t, esm.UsageFields{
		ResourceID: text("3a9d5c1e-8b47-4f2a-9c60-1d2e3f4a5b6c"), ResourceTypeCode: text("hws.resource.type.vm"),
		ResourceSpecCode: text("ks1.xlarge.2.linux"), ServiceTypeCode: text("hws.service.type.ec2"),
		RegionCode: text("cn-north-7"), ZoneCode: text("cn-north-7a"), DomainID: text(domainID), DomainName: text("acme-gov"),
		ProjectID: text("0611f1bd8b00d5d32f17c017f15b599f"), FactorName: text("Duration"), FactorValue: number(t, "3600"),
		BeginTime: instant(t, "20240920070000"), EndTime: instant(t, "20240920080000"),
		RecordedAt: instant(t, "20240920080512"),
		RecordType: text("20"), EnterpriseProjectID: text(""), ParentResource: text(""), Tag: text(""),
	}, page.Records[1].Fields)

	for name, wire := range map[string]string{
		"unknown fields":     `{"brandNew":{"a":[1,"<b>"]},"resource_id":"i"}`,
		"known of odd shape": `{"region_code":{"code":"x"},"begin_time":[1],"resource_id":"i"}`,
		"no object":          `["a",1]`,
		"a number":           `5`,
		"null":               `null`,
	} {
		t.Run(name, func(t *testing.T) {
			record := decode[esm.UsageRecord](t, wire)
			if strings.Contains(wire, "resource_id") && record.Fields.ResourceID.String() != "i" {
				t.Errorf("resource_id %q, want i", record.Fields.ResourceID)
			}
			encoded, err := json.Marshal(record)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(jsonValue(t, wire), jsonValue(t, string(encoded))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(record, decode[esm.UsageRecord](t, string(encoded))); diff != "" {
				t.Errorf("changed when it was stored:\n%s", diff)
			}
		})
	}
	if encoded, err := json.Marshal(esm.UsageRecord{}); err != nil || string(encoded) != "null" {
		t.Errorf("no record is stored as %s, %v", encoded, err)
	}
}

// sdrPages answers the pages of a search in their order and checks that each is asked for by its marker.
func sdrPages(t *testing.T, pages map[string]string) func(r recorded) (int, string) {
	t.Helper()
	return func(r recorded) (int, string) {
		asked := decode[struct {
			Marker string `json:"marker"`
		}](t, r.Body)
		page, known := pages[asked.Marker]
		if !known {
			t.Errorf("asked for the page %q", asked.Marker)
		}
		return http.StatusOK, page
	}
}

func TestQuirk064MarkerThroughEmptyPages(t *testing.T) {
	client, server := serve(t, esm.Options{}, sdrPages(t, map[string]string{
		"":   `{"data":[{"resource_id":"1"}],"marker":"m1"}`,
		"m1": `{"data":[],"marker":"m2"}`,
		"m2": `{"marker":"m3"}`,
		"m3": `{"data":[{"resource_id":"2"}],"marker":""}`,
	}))
	var ids []string
	for page, err := range client.MeterJobRecordPages(t.Context(), domainID, jobID, "", esm.MaxMeterRecords) {
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			ids = append(ids, record.Fields.ResourceID.String())
		}
	}
	if strings.Join(ids, " ") != "1 2" || len(server.seen()) != 4 {
		t.Errorf("records %v in %d requests, want 1 and 2 in 4", ids, len(server.seen()))
	}
}

func TestQuirk064MarkerThatRepeats(t *testing.T) {
	client, _ := serve(t, esm.Options{}, sdrPages(t, map[string]string{
		"m1": `{"data":[{"resource_id":"1"}],"marker":"m2"}`,
		"m2": `{"data":[{"resource_id":"2"}],"marker":"m1"}`,
	}))
	pages, failure := 0, error(nil)
	for _, err := range client.MeterJobRecordPages(t.Context(), domainID, jobID, "m1", 1) {
		if failure = err; err == nil {
			pages++
		}
	}
	if pages != 2 || rest.KindOf(failure) != rest.PaginationLoop {
		t.Errorf("%d pages, then %v, want 2 and a pagination loop", pages, failure)
	}
}

func TestMeterJobRecordPagesStopsWithItsReader(t *testing.T) {
	client, server := serve(t, esm.Options{}, sdrPages(t, map[string]string{"": `{"data":[],"marker":"m1"}`}))
	for _, err := range client.MeterJobRecordPages(t.Context(), domainID, jobID, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if requests := server.seen(); len(requests) != 1 || requests[0].Body != "{}" {
		t.Errorf("sent %v, want one empty object", requests)
	}
}
