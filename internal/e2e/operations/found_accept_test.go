package operations

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFound_B4_AnswersAreKeptAndPacked: a query with urql's own header is answered as any other, and its subscription
// is a plain stream whose events go out at once.
func TestFound_B4_AnswersAreKeptAndPacked(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 40, Regions: 2})
	r := w.StartGateway(t, "")
	header := map[string]string{
		"Accept": "application/graphql-response+json, application/graphql+json, application/json, " +
			"text/event-stream, multipart/mixed",
		"Accept-Encoding": "gzip",
	}
	const large = `{"query":"{ hosts(first: 40) { nodes { hostId name serialNumber cluster rack } } }"}`
	got := send(t, r, http.MethodPost, large, header)
	if got.status != http.StatusOK || got.header.Get("Content-Encoding") != "gzip" || got.header.Get("ETag") == "" ||
		got.header.Get("Age") == "" || !strings.Contains(got.header.Get("Cache-Control"), "max-age=") {
		t.Errorf("query: %d %v", got.status, got.header)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Server.URL+"/graphql",
		strings.NewReader(`{"query":"subscription { alarmChanges { eventId } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || line != ":\n" || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") ||
		response.Header.Get("Content-Encoding") != "" {
		t.Errorf("subscription: %q, %v, %v", line, err, response.Header)
	}
}
