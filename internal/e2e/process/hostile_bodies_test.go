package process

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf16"
)

const nameOnly = `{"query":"{__typename}"}`

// packed compresses a body.
func packed(plain string) string {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write([]byte(plain)) // a buffer takes everything
	_ = writer.Close()
	return out.String()
}

// wide is a text in UTF-16.
func wide(text string) string {
	var out strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		out.WriteByte(byte(unit >> 8))
		out.WriteByte(byte(unit))
	}
	return out.String()
}

// hostileBodies are those of part B.
func hostileBodies() []attempt {
	const bad, tooLarge, media = "BAD_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"
	inVariable := func(value string) string { return `{"query":"{__typename}","variables":{"a":` + value + `}}` }
	list := []attempt{
		asBody("H-041 cut", `{"query":"{__typename}","variables":{"token":"`+hostileSecret+`"`, 400, bad),
		asBody("H-042 unclosed string of 1 MB", `{"query":"`+strings.Repeat("A", 1<<20), 413, tooLarge),
		asBody("H-046 extensions a text", `{"query":"{__typename}","extensions":"x"}`, 400, bad),
		asBody("H-047 two objects", nameOnly+nameOnly, 400, bad),
		asBody("H-048 query twice", `{"query":"{__typename}","query":"{broken}"}`, 400, bad),
		asBody("H-048 other letters", `{"query":"{__typename}","Query":"{broken}"}`, 400, bad),
		asBody("H-049 batch", `[`+strings.TrimSuffix(strings.Repeat(nameOnly+",", 10), ",")+`]`, 400, "BATCHING_DISABLED"),
		asBody("H-050 10 MB", `{"query":"`+strings.Repeat("A", 10<<20)+`"}`, 413, tooLarge),
		asBody("H-053 gzip bomb", packed(strings.Repeat(" ", 20<<20)), 413, tooLarge, "Content-Encoding", "gzip"),
		asBody("H-055 truncated gzip", packed(nameOnly)[:20], 400, bad, "Content-Encoding", "gzip"),
		asBody("H-055 second member", packed(nameOnly)+packed(nameOnly), 400, bad, "Content-Encoding", "gzip"),
		asBody("H-056 invalid UTF-8", "{\"query\":\"{region(code:\\\"\xff\xfe\\\"){code}}\"}", 400, bad),
		asBody("H-057 UTF-16", wide(nameOnly), 415, media, "Content-Type", "application/json; charset=utf-16"),
		asBody("H-058 byte order mark", "\xef\xbb\xbf"+nameOnly, 400, bad),
		asBody("H-059 deep", inVariable(strings.Repeat("[", 9990)+strings.Repeat("]", 9990)), 400, bad),
		asBody("H-059 far deeper", inVariable(strings.Repeat("[", 1000000)), 413, tooLarge),
		asBody("H-060 100,000 keys", `{"query":"{__typename}","variables":{`+numbers(100000, `"k#":1,`)+`"k":1}}`, 413,
			tooLarge),
		asBody("H-061 odd keys", `{"query":"{__typename}","variables":{"__proto__":1,"constructor":{},"":2,"`+
			strings.Repeat("k", 60000)+`":3}}`, 200, ""),
		asBody("H-071 nested input", inVariable(strings.Repeat(`{"not":`, 1000)+`{}`+strings.Repeat(`}`, 1000)), 400, bad),
	}
	for _, body := range []string{``, `null`, `"x"`, `5`, `{}`, `{"query":5}`, `{"query":null}`, `{"query":""}`} {
		list = append(list, asBody("H-043 "+body, body, 400, bad))
	}
	for _, variables := range []string{`"x"`, `[1]`, `0`, `true`} {
		list = append(list, asBody("H-044 "+variables, `{"query":"{__typename}","variables":`+variables+`}`, 400, bad))
	}
	return list
}

// hostileHeads are those of part D: methods, media types, other sites.
func hostileHeads() []attempt {
	const (
		media, method, csrf, accept = "UNSUPPORTED_MEDIA_TYPE", "METHOD_NOT_ALLOWED", "CSRF_BLOCKED", "NOT_ACCEPTABLE"
		get, post                   = http.MethodGet, http.MethodPost
		site                        = "Sec-Fetch-Site"
	)
	named := "/graphql?" + url.Values{"query": {"{__typename}"}}.Encode()
	asking := func(document string, more ...string) string {
		values := url.Values{"query": {document}}
		for i := 0; i < len(more); i += 2 {
			values.Add(more[i], more[i+1])
		}
		return "/graphql?" + values.Encode()
	}
	const command = `mutation{createMeterJob(input:{}){userErrors{message}}}`
	list := []attempt{
		asRequest("H-082 preflight word", get, named, "", 200, "", site, "cross-site", "GraphQL-Require-Preflight", "1",
			"Content-Type", ""),
		asRequest("H-082 without it", get, named, "", 400, csrf, site, "cross-site", "Content-Type", ""),
		asRequest("H-083 GET of text", get, named, "", 415, media, "Content-Type", "text/plain"),
		asRequest("H-084 mutation by GET", get, asking(command), "", 405, method),
		asRequest("H-084 subscription by GET", get, asking(`subscription{alarmChanges{kind}}`), "", 405, method),
		asRequest("H-085 picked", get, asking(`query a{__typename} `+strings.Replace(command, "mutation", "mutation b", 1),
			"operationName", "b"), "", 405, method),
		asRequest("H-086 query twice", get, asking("{__typename}", "query", "{broken}"), "", 400, "BAD_REQUEST"),
		asRequest("H-086 variables cut", get, asking("{__typename}", "variables", "{"), "", 400, "BAD_REQUEST"),
		asRequest("H-087 long URL", get, asking("{__typename}#"+strings.Repeat("a", 100<<10)), "", 414, "URI_TOO_LONG"),
		asBody("H-088 form", "query=%7B__typename%7D", 415, media, "Content-Type", "application/x-www-form-urlencoded"),
		asBody("H-089 text", nameOnly, 415, media, "Content-Type", "text/plain"),
		asBody("H-091 none", nameOnly, 415, media, "Content-Type", ""),
		asBody("H-091 list", nameOnly, 415, media, "Content-Type", "application/json, text/plain"),
		asBody("H-091 upper case", nameOnly, 200, "", "Content-Type", "APPLICATION/JSON"),
		asBody("H-092 graphql", "{__typename}", 415, media, "Content-Type", "application/graphql"),
		asRequest("H-094 HEAD", http.MethodHead, named, "", 405, ""),
		asRequest("H-094 OPTIONS", http.MethodOptions, named, "", 204, ""),
		asRequest("H-095 OPTIONS of another", http.MethodOptions, named, "", 204, "", "Origin", "https://evil.example",
			"Access-Control-Request-Method", "POST"),
		asRequest("H-095 POST of another", post, "/graphql", nameOnly, 400, csrf, "Origin", "https://evil.example"),
		asRequest("H-095 POST of null", post, "/graphql", nameOnly, 400, csrf, "Origin", "null"),
		asBody("H-096 text/html", nameOnly, 406, accept, "Accept", "text/html"),
		asBody("H-096 zero quality", nameOnly, 406, accept, "Accept", "application/json;q=0"),
		asBody("H-097 4 KB", nameOnly, 200, "", "Accept",
			"application/json,"+strings.TrimSuffix(strings.Repeat("text/plain,", 400), ",")),
		asBody("H-097 none", nameOnly, 200, "", "Accept", ""),
		asBody("H-098 parse error as plain JSON", `{"query":"{"}`, 200, "GRAPHQL_PARSE_FAILED", "Accept", "application/json"),
		asBody("H-118 spoofed addresses", nameOnly, 200, "", "X-Forwarded-For",
			strings.TrimSuffix(strings.Repeat("1.2.3.4, ", 1000), ", ")),
		asRequest("H-158 override of the method", get, asking(command), "", 405, method, "X-HTTP-Method-Override", "POST"),
	}
	for _, word := range []string{"PUT", "DELETE", "PATCH", "TRACE", "FOO"} {
		list = append(list, asRequest("H-093 "+word, word, named, "", 405, method))
	}
	return list
}
