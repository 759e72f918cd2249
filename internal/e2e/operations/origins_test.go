package operations

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// rawReply is an answer as it came.
type rawReply struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request with a method and headers to /graphql and reads the answer; a body makes it JSON.
func send(t *testing.T, r *kit.Replica, method, body string, header map[string]string) rawReply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.Server.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rawReply{response.StatusCode, response.Header, content}
}

// TestH095OriginsOfOtherSites: pages of listed origins may call and read; those of others read nothing.
func TestH095OriginsOfOtherSites(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	const friend = "https://dashboards.example"
	listed, closed := w.StartGateway(t, "", "OPSGRAPH_ALLOWED_ORIGINS="+friend), w.StartGateway(t, "")
	preflight := func(origin string) map[string]string {
		return map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "POST",
			"Access-Control-Request-Headers": "content-type,x-auth-token",
		}
	}
	for name, test := range map[string]struct {
		r      *kit.Replica
		origin string
		allows bool
	}{
		"a listed origin":             {listed, friend, true},
		"another origin":              {listed, "https://evil.example", false},
		"an origin that begins alike": {listed, friend + ".evil.example", false},
		"no origin to speak of":       {listed, "null", false},
		"none is listed":              {closed, friend, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, test.r, http.MethodOptions, "", preflight(test.origin))
			allowed := got.header.Get("Access-Control-Allow-Origin")
			if got.status != http.StatusNoContent || len(got.body) != 0 {
				t.Errorf("preflight: %d %q", got.status, got.body)
			}
			if (allowed != "") != test.allows || allowed == "*" || got.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("preflight allows origin %q, credentials %q", allowed, got.header.Get("Access-Control-Allow-Credentials"))
			}
			header := map[string]string{"Origin": test.origin, "Sec-Fetch-Site": "cross-site"}
			got = send(t, test.r, http.MethodPost, `{"query":"{ __typename }"}`, header)
			if test.allows && (got.status != http.StatusOK || got.header.Get("Access-Control-Allow-Origin") != friend) {
				t.Errorf("a request: %d %v %s", got.status, got.header, got.body)
			}
			if !test.allows && (got.status != http.StatusBadRequest || !bytes.Contains(got.body, []byte("CSRF_BLOCKED"))) {
				t.Errorf("a request: %d %s", got.status, got.body)
			}
		})
	}
}

func TestSecurityHeadersOfEveryRoute(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "")
	for _, path := range []string{"/graphql?query={__typename}", "/schema.graphql", "/healthz", "/readyz", "/nothing"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := r.Client.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "",
		} {
			if got := response.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestCompression packs large answers by what the client accepts, small ones never, and recognises its own ETags
// afterwards.
func TestCompression(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 40, Regions: 2})
	r := w.StartGateway(t, "")
	const large = `{"query":"{ hosts(first: 40) { nodes { hostId name serialNumber cluster rack } } }"}`
	plain := send(t, r, http.MethodPost, large, nil)
	if len(plain.body) < 2000 || plain.header.Get("Content-Encoding") != "" {
		t.Fatalf("plain answer: %d bytes, encoding %q", len(plain.body), plain.header.Get("Content-Encoding"))
	}
	unpack := map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	for encoding, open := range unpack {
		packed := send(t, r, http.MethodPost, large, map[string]string{"Accept-Encoding": encoding})
		if packed.header.Get("Content-Encoding") != encoding || len(packed.body) > len(plain.body)/2 {
			t.Errorf("%s: encoding %q, %d bytes of %d", encoding, packed.header.Get("Content-Encoding"), len(packed.body),
				len(plain.body))
			continue
		}
		reader, err := open(bytes.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(reader); err != nil || !bytes.Equal(got, plain.body) {
			t.Errorf("%s: other bytes than plain, error %v", encoding, err)
		}
		tag := packed.header.Get("ETag")
		if tag == "" || tag == plain.header.Get("ETag") {
			t.Errorf("%s: ETag %q, plain %q", encoding, tag, plain.header.Get("ETag"))
		}
		again := send(t, r, http.MethodPost, large, map[string]string{"Accept-Encoding": encoding, "If-None-Match": tag})
		if again.status != http.StatusNotModified || len(again.body) != 0 {
			t.Errorf("%s: with its ETag %d, %d bytes", encoding, again.status, len(again.body))
		}
	}
	small := send(t, r, http.MethodPost, `{"query":"{ __typename }"}`, map[string]string{"Accept-Encoding": "gzip"})
	if small.header.Get("Content-Encoding") != "" {
		t.Error("a small answer is packed")
	}
	if !strings.Contains(strings.Join(small.header.Values("Vary"), ","), "Accept-Encoding") {
		t.Errorf("Vary %q", small.header.Values("Vary"))
	}
}
