// Package hostile sends the catalogue of hostile input to the HTTP side: each entry is refused, at a bounded cost.
package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

func TestHostile_bodies(t *testing.T) {
	s := kit.NewSite(t, nil)
	const bad, tooLarge = "BAD_REQUEST", "PAYLOAD_TOO_LARGE"
	tests := map[string]struct {
		body   string
		status int
		code   string
	}{
		"H-041 cut":                      {`{"query":"{__typename}","variables":{"token":"SECRETTOKEN"`, 400, bad},
		"H-042 unclosed string of 1 MB":  {`{"query":"` + strings.Repeat("A", 1<<20), 413, tooLarge},
		"H-043 empty":                    {``, 400, bad},
		"H-043 null":                     {`null`, 400, bad},
		"H-043 text":                     {`"x"`, 400, bad},
		"H-043 number":                   {`5`, 400, bad},
		"H-043 object":                   {`{}`, 400, bad},
		"H-043 query a number":           {`{"query":5}`, 400, bad},
		"H-043 query null":               {`{"query":null}`, 400, bad},
		"H-043 query empty":              {`{"query":""}`, 400, bad},
		"H-044 variables a text":         {`{"query":"{__typename}","variables":"x"}`, 400, bad},
		"H-044 variables a list":         {`{"query":"{__typename}","variables":[1]}`, 400, bad},
		"H-044 variables a number":       {`{"query":"{__typename}","variables":0}`, 400, bad},
		"H-044 variables true":           {`{"query":"{__typename}","variables":true}`, 400, bad},
		"H-046 extensions a text":        {`{"query":"{__typename}","extensions":"x"}`, 400, bad},
		"H-046 extensions a list":        {`{"query":"{__typename}","extensions":[]}`, 400, bad},
		"operationName a number":         {`{"query":"{__typename}","operationName":0}`, 400, bad},
		"H-047 trailing object":          {`{"query":"{__typename}"}{"query":"{__typename}"}`, 400, bad},
		"H-047 trailing letter":          {`{"query":"{__typename}"} x`, 400, bad},
		"H-048 query twice":              {`{"query":"{__typename}","query":"{broken}"}`, 400, bad},
		"H-048 query twice by an escape": {`{"query":"{__typename}","qu\u0065ry":"{broken}"}`, 400, bad},
		"H-048 variable twice":           {`{"query":"{__typename}","variables":{"a":1,"a":2}}`, 400, bad},
		"H-048 twice in an inner object": {`{"query":"{__typename}","variables":{"a":[{"b":1,"b":2}]}}`, 400, bad},
		"H-048 other letters":            {`{"query":"{__typename}","Query":"{broken}"}`, 400, bad},
		"H-048 other letters alone":      {`{"QUERY":"{__typename}"}`, 400, bad},
		"H-048 Variables":                {`{"query":"{__typename}","Variables":{}}`, 400, bad},
		"H-049 batch": {`[` + strings.TrimSuffix(strings.Repeat(`{"query":"{__typename}"},`, 10), ",") +
			`]`, 400, "BATCHING_DISABLED"},
		"H-049 empty batch":     {`[]`, 400, "BATCHING_DISABLED"},
		"H-050 10 MB":           {`{"query":"` + strings.Repeat("A", 10<<20) + `"}`, 413, tooLarge},
		"H-056 invalid UTF-8":   {"{\"query\":\"{echo(text:\\\"\xff\xfe\\\")}\"}", 400, bad},
		"H-058 byte order mark": {"\xef\xbb\xbf" + `{"query":"{__typename}"}`, 400, bad},
		"H-059 deep": {`{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 9990) +
			strings.Repeat("]", 9990) + `}}`, 400, bad},
		"H-059 33 levels": {`{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 31) +
			strings.Repeat("]", 31) + `}}`, 400, bad},
		"H-059 far deeper": {
			`{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 1000000), 413,
			tooLarge,
		},
		"H-060 100,000 keys": {`{"query":"{__typename}","variables":{` +
			strings.TrimSuffix(kit.Numbered(100000, `"k#":1,`), ",") + `}}`, 413, tooLarge},
		"H-071 nested input in variables": {`{"query":"query($f:Filter){clusters(filter:$f){id}}","variables":{"f":` +
			strings.Repeat(`{"not":`, 1000) + `{}` + strings.Repeat(`}`, 1000) + `}}`, 400, bad},
		"number without end":            {`{"query":"{__typename}","variables":{"a":1e}}`, 400, bad},
		"trailing comma":                {`{"query":"{__typename}",}`, 400, bad},
		"missing colon":                 {`{"query" "{__typename}"}`, 400, bad},
		"missing comma":                 {`{"query":"{__typename}" "variables":{}}`, 400, bad},
		"control character in a string": {"{\"query\":\"{__typename}\n\"}", 400, bad},
		"single quotes":                 {`{'query':'{__typename}'}`, 400, bad},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			got := s.Post(t, test.body)
			t.Logf("%v %q", time.Since(started), got.Body.Errors[0].Message)
			s.WantRefused(t, got, test.status, test.code)
			if strings.Contains(got.Raw, "SECRETTOKEN") || len(got.Raw) > 400 {
				t.Errorf("the body is echoed: %.500s", got.Raw)
			}
			s.Probe(t)
		})
	}
	if strings.Contains(s.Log.String(), "SECRETTOKEN") {
		t.Error("the log has a variable")
	}
}

func TestHostile_bodiesThatAreFine(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	for name, body := range map[string]string{
		"H-044 null variables": `{"query":"{__typename}","variables":null,"extensions":null,"operationName":null}`,
		"H-059 32 levels": `{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 30) +
			strings.Repeat("]", 30) + `}}`,
		"H-060 many keys": `{"query":"{__typename}","variables":{` +
			strings.TrimSuffix(kit.Numbered(10000, `"k#":1,`), ",") + `}}`,
		"H-061 odd keys": `{"query":"{__typename}","variables":{"__proto__":1,"constructor":{},"":2,"` +
			strings.Repeat("k", 60000) + `":3}}`,
		"H-061 odd keys on top":          `{"query":"{__typename}","__proto__":{"query":"{broken}"},"id":1}`,
		"H-077 undeclared":               `{"query":"{__typename}","variables":{"nobody":{"asked":[1,2]}}}`,
		"blanks around":                  " \t\r\n" + `{"query":"{__typename}"}` + "\n ",
		"persisted query with its query": `{"query":"{__typename}","extensions":{"persistedQuery":{"version":1}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := s.Post(t, body); got.Status != 200 || got.Raw != `{"data":{"__typename":"Query"}}` {
				t.Errorf("got %d %.300s", got.Status, got.Raw)
			}
		})
	}
}

func gzipped(t *testing.T, plain io.Reader) string {
	t.Helper()
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := io.Copy(writer, plain); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHostile_contentEncoding(t *testing.T) {
	s := kit.NewSite(t, nil)
	plain := gzipped(t, strings.NewReader(`{"query":"{__typename}"}`))
	// 8 KB that stand for 32 times the limit.
	bomb := gzipped(t, bytes.NewReader(bytes.Repeat([]byte(" "), 8<<20)))
	tests := map[string]struct {
		encoding, body string
		status         int
		code           string
	}{
		"gzip":                     {"gzip", plain, 200, ""},
		"x-gzip in capitals":       {"X-GZIP", plain, 200, ""},
		"identity":                 {"identity", `{"query":"{__typename}"}`, 200, ""},
		"H-053 bomb":               {"gzip", bomb, 413, "PAYLOAD_TOO_LARGE"},
		"H-055 truncated":          {"gzip", plain[:len(plain)-6], 400, "BAD_REQUEST"},
		"H-055 second member":      {"gzip", plain + plain, 400, "BAD_REQUEST"},
		"H-055 trailing bytes":     {"gzip", plain + "x", 400, "BAD_REQUEST"},
		"no gzip at all":           {"gzip", `{"query":"{__typename}"}`, 400, "BAD_REQUEST"},
		"wrong checksum":           {"gzip", plain[:len(plain)-5] + "\x00" + plain[len(plain)-4:], 400, "BAD_REQUEST"},
		"gzip not declared":        {"", plain, 400, "BAD_REQUEST"},
		"unknown":                  {"br", plain, 415, "UNSUPPORTED_MEDIA_TYPE"},
		"twice":                    {"gzip, gzip", plain, 415, "UNSUPPORTED_MEDIA_TYPE"},
		"empty gzip of a bad body": {"gzip", gzipped(t, strings.NewReader("")), 400, "BAD_REQUEST"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
			if test.encoding != "" {
				header["Content-Encoding"] = test.encoding
			}
			got := s.Send(t, http.MethodPost, s.URL, test.body, header)
			if test.status == 200 {
				if got.Status != 200 || got.Raw != `{"data":{"__typename":"Query"}}` {
					t.Errorf("got %d %s", got.Status, got.Raw)
				}
				return
			}
			s.WantRefused(t, got, test.status, test.code)
			s.Probe(t)
		})
	}
}

func TestHostile_mediaTypes(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	wide := func(text string) string {
		var out strings.Builder
		for _, unit := range utf16.Encode([]rune(text)) {
			out.WriteByte(byte(unit >> 8))
			out.WriteByte(byte(unit))
		}
		return out.String()
	}
	const json = `{"query":"{__typename}"}`
	tests := map[string]struct {
		contentTypes []string
		body         string
		status       int
	}{
		"H-057 UTF-16":                  {[]string{"application/json; charset=utf-16"}, wide(json), 415},
		"H-057 UTF-16 without a word":   {[]string{"application/json"}, wide(json), 400},
		"H-057 Latin-1":                 {[]string{"application/json; charset=latin1"}, json, 415},
		"H-088 form":                    {[]string{"application/x-www-form-urlencoded"}, "query=%7B__typename%7D", 415},
		"H-089 text":                    {[]string{"text/plain"}, json, 415},
		"multipart":                     {[]string{"multipart/form-data; boundary=x"}, json, 415},
		"H-091 none":                    {nil, json, 415},
		"H-091 two":                     {[]string{"application/json", "application/json"}, json, 415},
		"H-091 list":                    {[]string{"application/json, text/plain"}, json, 415},
		"H-091 empty parameter":         {[]string{"application/json;"}, json, 415},
		"H-091 upper case":              {[]string{"APPLICATION/JSON"}, json, 200},
		"H-092 graphql":                 {[]string{"application/graphql"}, "{__typename}", 415},
		"utf-8":                         {[]string{`application/json; charset="UTF-8"`}, json, 200},
		"parameter that nobody defined": {[]string{"application/json; v=1"}, json, 200},
		"graphql+json":                  {[]string{"application/graphql+json"}, json, 415},
		"empty":                         {[]string{""}, json, 415},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header["Content-Type"] = test.contentTypes
			response, err := s.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
			if err != nil {
				t.Fatal(err)
			}
			got := kit.ReadReply(t, response)
			code := map[int]string{415: "UNSUPPORTED_MEDIA_TYPE", 400: "BAD_REQUEST"}[test.status]
			if got.Status != test.status || got.Code() != code {
				t.Errorf("got %d %s, want %d: %s", got.Status, fmt.Sprintf("%q", got.Code()), test.status, got.Raw)
			}
		})
	}
}
