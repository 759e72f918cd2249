package gaussdb_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const examples = "../simulator/reference/examples/"

func example(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(examples + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// recorded is a request as it came over the wire.
type recorded struct {
	Method, Path, Language, Body string
}

// serve starts a GaussDB with one answer and a client of it; the requests are read after the calls.
func serve(t *testing.T, status int, answer string) (*gaussdb.Client, *[]recorded) {
	t.Helper()
	var requests []recorded
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		requests = append(requests, recorded{r.Method, r.URL.EscapedPath(), r.Header.Get("X-Language"), string(body)})
		w.WriteHeader(status)
		if _, err := io.WriteString(w, answer); err != nil {
			return // the client is gone
		}
	}))
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "gaussdb", BaseURL: server.URL, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return gaussdb.New(client), &requests
}

// august is the request of the document's sample, which is in the zone UTC+8.
func august() gaussdb.CollectRequest {
	beijing := time.FixedZone("UTC+8", 8*60*60)
	return gaussdb.CollectRequest{
		ProjectID:  "0483b6b16e954cb88930a360d2c4e663",
		InstanceID: "d04686c6baae4f65a742771186f47b7ain14", // Quirk099: no UUID
		From:       time.Date(2023, 8, 1, 11, 10, 31, 0, beijing),
		To:         time.Date(2023, 8, 2, 11, 10, 31, 0, beijing),
	}
}

func TestQuirk080CollectReportWithAnySuccess(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
		client, requests := serve(t, status, example(t, "collectAspReports.json"))
		job, err := client.CollectReport(t.Context(), august())
		if err != nil {
			t.Fatal(err)
		}
		if job != "56c196275a9a59f6c4c047414d64a5a7" {
			t.Errorf("job %q", job)
		}
		want := []recorded{{
			Method: http.MethodPost,
			Path:   "/v3/0483b6b16e954cb88930a360d2c4e663/instances/d04686c6baae4f65a742771186f47b7ain14/asp/collect",
			Body:   `{"start_time":"2023-08-01T03:10:31+0000","end_time":"2023-08-02T03:10:31+0000"}`,
		}}
		if diff := cmp.Diff(want, *requests); diff != "" {
			t.Error(diff)
		}
	}
}

// TestQuirk048OffsetWithoutAColon: the request has the form of the document's sample and the same instants, in UTC.
func TestQuirk048OffsetWithoutAColon(t *testing.T) {
	client, requests := serve(t, http.StatusOK, example(t, "collectAspReports.json"))
	if _, err := client.CollectReport(t.Context(), august()); err != nil {
		t.Fatal(err)
	}
	sample, sent := times(t, example(t, "collectAspReports.request.json")), times(t, (*requests)[0].Body)
	if len(sample) != len(sent) {
		t.Fatalf("sent the fields %v, want those of %v", sent, sample)
	}
	for field, want := range sample {
		if got, ok := sent[field]; !ok || !got.Equal(want) {
			t.Errorf("%s is %v, want %v", field, got, want)
		}
		if _, offset := sent[field].Zone(); offset != 0 {
			t.Errorf("%s has an offset of %d s, want UTC", field, offset)
		}
	}
}

func times(t *testing.T, body string) map[string]time.Time {
	t.Helper()
	var fields map[string]string
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		t.Fatal(err)
	}
	read := map[string]time.Time{}
	for field, text := range fields {
		at, err := time.Parse("2006-01-02T15:04:05-0700", text)
		if err != nil {
			t.Fatal(err)
		}
		read[field] = at
	}
	return read
}

func TestQuirk042LanguageInGaussDBsSpelling(t *testing.T) {
	for _, language := range []gaussdb.Language{gaussdb.Chinese, gaussdb.English} {
		client, requests := serve(t, http.StatusOK, example(t, "collectAspReports.json"))
		in := august()
		in.Language = language
		if _, err := client.CollectReport(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if got := (*requests)[0].Language; got != string(language) || len(got) != 5 || got[2] != '-' {
			t.Errorf("X-Language %q, want %q", got, language)
		}
	}
}

func TestCollectReportChecksItsInput(t *testing.T) {
	for name, test := range map[string]struct {
		field  string
		change func(in *gaussdb.CollectRequest)
	}{
		"no project":       {"projectId", func(in *gaussdb.CollectRequest) { in.ProjectID = "" }},
		"Quirk112 project": {"projectId", func(in *gaussdb.CollectRequest) { in.ProjectID += "/x" }},
		"Quirk112 instance": {
			"instanceId",
			func(in *gaussdb.CollectRequest) { in.InstanceID = "d04686c6-baae-4f65-a742-771186f47b7a" },
		},
		"no start":               {"from", func(in *gaussdb.CollectRequest) { in.From = time.Time{} }},
		"no end":                 {"to", func(in *gaussdb.CollectRequest) { in.To = time.Time{} }},
		"turned":                 {"from", func(in *gaussdb.CollectRequest) { in.From, in.To = in.To, in.From }},
		"nothing between":        {"from", func(in *gaussdb.CollectRequest) { in.To = in.From }},
		"Quirk042 BSS' spelling": {"language", func(in *gaussdb.CollectRequest) { in.Language = "zh_CN" }},
	} {
		t.Run(name, func(t *testing.T) {
			client, requests := serve(t, http.StatusOK, example(t, "collectAspReports.json"))
			in := august()
			test.change(&in)
			_, err := client.CollectReport(t.Context(), in)
			input, ok := errors.AsType[*rest.InputError](err)
			if !ok {
				t.Fatalf("got error %v, want an InputError", err)
			}
			field, message := input.Field, input.Message
			if field != test.field || err.Error() != "gaussdb: input "+field+" "+message {
				t.Errorf("error %q, want one about %s", err, test.field)
			}
			if len(*requests) != 0 {
				t.Errorf("sent %v", *requests)
			}
		})
	}
}

func TestCollectReportIsNeverRepeated(t *testing.T) {
	client, requests := serve(t, http.StatusInternalServerError, example(t, "error.gaussdb.json"))
	_, err := client.CollectReport(t.Context(), august())
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok || failure.Kind != rest.Unavailable || failure.Code != "DBS.200022" {
		t.Errorf("Quirk084: got error %v, want unavailable with the upstream's code", err)
	}
	if len(*requests) != 1 {
		t.Errorf("sent %d requests, want one", len(*requests))
	}
}

func TestQuirk107UndocumentedStatusByItsClass(t *testing.T) {
	client, requests := serve(t, http.StatusForbidden, `{}`)
	if _, err := client.CollectReport(t.Context(), august()); rest.KindOf(err) != rest.Forbidden || len(*requests) != 1 {
		t.Errorf("got error %v after %d requests, want forbidden after one", err, len(*requests))
	}
}

func TestCollectReportWithoutAnID(t *testing.T) {
	client, _ := serve(t, http.StatusAccepted, `{"job_id":null}`)
	if job, err := client.CollectReport(t.Context(), august()); rest.KindOf(err) != rest.BadResponse {
		t.Errorf("got %q, %v, want a bad response", job, err)
	}
}

func TestEndpoints(t *testing.T) {
	specs := gaussdb.Endpoints()
	if len(specs) != 1 || specs[0].Reads || specs[0].System != "gaussdb" || specs[0].Operation != "collectAspReports" {
		t.Errorf("got %+v", specs)
	}
	if gaussdb.MaxAge != 48*time.Hour {
		t.Errorf("Quirk056: reports reach back %v, want two days", gaussdb.MaxAge)
	}
}
