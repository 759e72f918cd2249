package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// acceptedEncodings are lines of Accept-Encoding with the encoding that a large answer must have; RFC 9110 section
// 12.5.3, and among equals gzip.
func acceptedEncodings() map[string]struct {
	lines []string
	want  string
} {
	return map[string]struct {
		lines []string
		want  string
	}{
		"graphql-tools on Node 20":         {[]string{"gzip, deflate, br, zstd"}, "gzip"},
		"zstd first among equals":          {[]string{"zstd, gzip"}, "gzip"},
		"zstd alone":                       {[]string{"zstd"}, "zstd"},
		"zstd beside what is not made":     {[]string{"br, zstd"}, "zstd"},
		"zstd of a higher quality":         {[]string{"gzip;q=0.5, zstd;q=0.9"}, "zstd"},
		"gzip of a higher quality":         {[]string{"zstd;q=0.5, gzip"}, "gzip"},
		"gzip refused":                     {[]string{"gzip;q=0, zstd"}, "zstd"},
		"both refused":                     {[]string{"gzip;q=0, zstd; Q=0.0"}, ""},
		"anything":                         {[]string{"*"}, "gzip"},
		"anything but gzip":                {[]string{"gzip;q=0, *"}, ""},
		"nothing":                          {[]string{"*;q=0"}, ""},
		"zstd above anything":              {[]string{"zstd, *;q=0.5"}, "zstd"},
		"no encoding preferred":            {[]string{"identity, gzip;q=0.5"}, ""},
		"no encoding named among equals":   {[]string{"identity, gzip"}, "gzip"},
		"in capitals, the old name":        {[]string{"X-GZIP"}, "gzip"},
		"in a second line":                 {[]string{"br", "gzip"}, "gzip"},
		"a quality that is no number":      {[]string{"gzip;q=high"}, ""},
		"a quality beyond the bound":       {[]string{"gzip;q=2"}, ""},
		"a quality that is not a number":   {[]string{"zstd;q=NaN, gzip;q=NaN"}, ""},
		"empty":                            {[]string{""}, ""},
		"none":                             {nil, ""},
		"more encodings than anyone names": {[]string{strings.Repeat("br,", 1000) + "gzip"}, ""},
	}
}

// TestFound_G1_Encodings has the gateway's compression, and that of its pages, choose the encoding.
func TestFound_G1_Encodings(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 1000)
	compression, err := httpapi.NewCompression()
	if err != nil {
		t.Fatal(err)
	}
	answers := compression(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text))
	}))
	pages := http.NewServeMux()
	built, err := httpapi.NewPages(fstest.MapFS{"assets/page-0a1b.js": {Data: []byte(text)}}, httpapi.PageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	built.Add(pages, func(string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler { return next }
	})
	for name, test := range acceptedEncodings() {
		for path, handler := range map[string]http.Handler{"/graphql": answers, "/assets/page-0a1b.js": pages} {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			request.Header["Accept-Encoding"] = test.lines
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			if got := recorder.Header().Get("Content-Encoding"); got != test.want || recorder.Code != http.StatusOK {
				t.Errorf("%s, %s: %d, encoding %q, want %q", path, name, recorder.Code, got, test.want)
			}
			if vary := strings.Join(recorder.Header().Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%s, %s: Vary is %q", path, name, vary)
			}
		}
	}
}

// heldTags are ways in which proxies send back a tag of ours, "hash" or W/"hash", for a client that holds its answer:
// Apache's mod_deflate and mod_brotli, Jetty, a proxy that weakens the tag, and the gateway's own compression.
func heldTags(opaque string) map[string]bool {
	return map[string]bool{
		`"` + opaque + `"`:                       true,
		`W/"` + opaque + `"`:                     true,
		`"` + opaque + `-gzip"`:                  true,
		`W/"` + opaque + `-br"`:                  true,
		`"` + opaque + `--gzip"`:                 true,
		`"` + opaque + `;gzip"`:                  true,
		`"` + opaque + `.zstd"`:                  true,
		`"` + opaque + `.gzip-gzip"`:             true,
		`"` + opaque + `"-gzip`:                  true, // Apache before 2.4
		`"a", W/"b,c" , "` + opaque + `-gzip"`:   true,
		`*`:                                      true,
		`"a` + opaque + `"`:                      false,
		`"-gzip"`:                                false,
		`""`:                                     false,
		opaque:                                   false,
		`"` + opaque[:len(opaque)-1] + `-gzip"`:  false,
		`x, "` + opaque + `"`:                    false,
		`"a", "` + opaque:                        false,
		`w/"` + strings.ToUpper(opaque) + `"-gz`: false,
	}
}

// TestFound_G5_TagsOfProxies compares tags by their hash: of answers, of the page, and of the files that it loads.
func TestFound_G5_TagsOfProxies(t *testing.T) {
	t.Parallel()
	const hash = "pmWkWSBCL51Bfkhn79xPuKBKHz__H6B-mY6G9_eieuM"
	for list, want := range heldTags(hash) {
		if got := httpapi.HoldsTag([]string{`"first-line"`, list}, `"`+hash+`"`); got != want {
			t.Errorf("%s: %t, want %t", list, got, want)
		}
	}
	routes := http.NewServeMux()
	built, err := httpapi.NewPages(fstest.MapFS{
		"playground.html": {Data: []byte("<!doctype html>")}, "assets/page-0a1b.js": {Data: []byte("1")},
	}, httpapi.PageOptions{Playground: true})
	if err != nil {
		t.Fatal(err)
	}
	built.Add(routes, func(string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler { return next }
	})
	for _, path := range []string{"/playground", "/assets/page-0a1b.js"} {
		ask := func(held string) *httptest.ResponseRecorder {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			if held != "" {
				request.Header.Set("If-None-Match", held)
			}
			recorder := httptest.NewRecorder()
			routes.ServeHTTP(recorder, request)
			return recorder
		}
		tag := ask("").Header().Get("ETag")
		for list, held := range heldTags(strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)) {
			want := http.StatusOK
			if held {
				want = http.StatusNotModified
			}
			if got := ask(list); got.Code != want || got.Header().Get("ETag") != tag || held && got.Body.Len() > 0 {
				t.Errorf("%s, %s: %d with %d bytes, want %d", path, list, got.Code, got.Body.Len(), want)
			}
		}
	}
}
