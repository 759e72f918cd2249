package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// bomb is a document whose fragments spread each other twice, so that it doubles with each of its levels.
func bomb(levels int, fragment, last string) string {
	var text strings.Builder
	text.WriteString("query{cluster(id:1){...F0}}")
	for i := range levels {
		next := fmt.Sprintf("...F%d", i+1)
		fmt.Fprintf(&text, " fragment F%d on Cluster{%s}", i, strings.ReplaceAll(fragment, "$", next))
	}
	fmt.Fprintf(&text, " fragment F%d on Cluster{%s}", levels, last)
	return text.String()
}

func TestHostile_documents(t *testing.T) {
	s := kit.NewSite(t, nil)
	deep := func(levels int) string {
		return `{cluster(id:1)` + strings.Repeat(`{parent`, levels) + `{id}` + strings.Repeat(`}`, levels) + `}`
	}
	chained := func(fragments int) string {
		var text strings.Builder
		text.WriteString("{...F0}")
		for i := range fragments {
			fmt.Fprintf(&text, " fragment F%d on Query{...F%d}", i, i+1)
		}
		fmt.Fprintf(&text, " fragment F%d on Query{__typename}", fragments)
		return text.String()
	}
	const validation, tooLarge = "GRAPHQL_VALIDATION_FAILED", "PAYLOAD_TOO_LARGE"
	tests := map[string]struct {
		document string
		status   int
		codes    []string
	}{
		"H-001 aliases": {
			`{` + kit.Numbered(101, `a#:__typename `) + `}`, 400,
			[]string{"MAX_ALIASES_LIMIT"},
		},
		"H-002 calls by alias": {
			`{` + kit.Numbered(10000, `a#:cluster(id:"#"){id}`) + `}`, 413,
			[]string{tooLarge},
		},
		"H-002 fewer": {
			`{` + kit.Numbered(1500, `a#:cluster(id:"#"){id}`) + `}`, 400,
			[]string{"MAX_TOKENS_LIMIT"},
		},
		"H-004 aliases by fragment": {`{` + kit.Numbered(10, `p#:cluster(id:1){...F}`) +
			`} fragment F on Cluster{` + kit.Numbered(10, `a#:id `) + `}`, 400, []string{"MAX_ALIASES_LIMIT"}},
		"H-005 root fields": {
			`{` + strings.Repeat(`__typename `, 500) + `}`, 400,
			[]string{"MAX_ROOT_FIELDS_LIMIT"},
		},
		"H-006 more root fields": {
			`{` + strings.Repeat(`__typename `, 10000) + `}`, 400,
			[]string{"DOCUMENT_TOO_LARGE"},
		},
		"H-007 far more": {`{` + strings.Repeat(`__typename `, 100000) + `}`, 413, []string{tooLarge}},
		"H-008 calls": {
			`{` + strings.Repeat(`cluster(id:"1"){id name} `, 12000) + `}`, 413,
			[]string{tooLarge},
		},
		"H-010 directives": {`{__typename ` + strings.Repeat(`@a `, 10) + `}`, 400, []string{validation}},
		"H-011 more directives": {
			`{__typename ` + strings.Repeat(`@a `, 10000) + `}`, 400,
			[]string{"MAX_TOKENS_LIMIT"},
		},
		"H-011 some directives": {
			`{__typename ` + strings.Repeat(`@a `, 51) + `}`, 400,
			[]string{"MAX_DIRECTIVES_LIMIT"},
		},
		"H-012 far more directives": {
			`{__typename ` + strings.Repeat(`@a `, 100000) + `}`, 413,
			[]string{tooLarge},
		},
		"H-013 different directives": {
			`{__typename ` + kit.Numbered(10000, `@a# `) + `}`, 400,
			[]string{"DOCUMENT_TOO_LARGE"},
		},
		"H-014 known directives": {
			`{__typename ` + strings.Repeat(`@skip(if:false) `, 10000) + `}`, 400,
			[]string{"DOCUMENT_TOO_LARGE"},
		},
		"H-015 depth":               {deep(100), 400, []string{"MAX_DEPTH_LIMIT"}},
		"H-016 more depth":          {deep(900), 400, []string{"MAX_DEPTH_LIMIT"}},
		"H-017 far more depth":      {strings.Repeat(`a{`, 100000), 400, []string{"DOCUMENT_TOO_LARGE"}},
		"H-017 in a body too large": {strings.Repeat(`a{`, 200000), 413, []string{tooLarge}},
		"H-017 within the tokens":   {strings.Repeat(`{a`, 1990), 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-019 fragment in itself":  {`{...A} fragment A on Query{...A}`, 400, []string{validation}},
		"H-019 two fragments": {
			`{...A} fragment A on Query{...B} fragment B on Query{...A}`, 400,
			[]string{validation},
		},
		"H-019 three with an inline one": {`{...A} fragment A on Query{...B} fragment B on Query{...C} fragment C on Query{... on Query{...A}}`, 400, []string{validation}},
		"H-019 through a field": {
			`{cluster(id:1){...A}} fragment A on Cluster{parent{...A}}`, 400,
			[]string{validation},
		},
		"H-020 bomb": {
			bomb(20, `a:parent{$} b:parent{$}`, "id"), 400,
			[]string{"MAX_DEPTH_LIMIT", "MAX_FIELDS_LIMIT"},
		},
		"H-021 larger bomb": {
			bomb(40, `a:parent{$} b:parent{$}`, "id"), 400,
			[]string{"MAX_DEPTH_LIMIT", "MAX_FIELDS_LIMIT"},
		},
		"H-021 far larger bomb":    {bomb(190, `$ $`, "id"), 400, []string{"MAX_FIELDS_LIMIT"}},
		"H-022 bomb without depth": {bomb(25, `$ $`, "__typename"), 400, []string{"MAX_FIELDS_LIMIT"}},
		"H-022 bomb that no operation spreads": {"{__typename} " +
			bomb(25, `$ $`, "__typename")[len("query{cluster(id:1){...F0}}"):], 400, []string{"MAX_FIELDS_LIMIT"}},
		"H-023 chain":         {chained(5000), 400, []string{"MAX_FRAGMENTS_LIMIT"}},
		"H-023 shorter chain": {chained(200), 400, []string{"MAX_FRAGMENTS_LIMIT"}},
		"H-024 overlap": {
			`{` + strings.Repeat(`cluster(id:1){parent{parent{id name}}}`, 1000) + `}`,
			400,
			[]string{"MAX_TOKENS_LIMIT"},
		},
		"H-024 smaller overlap": {
			`{` + strings.Repeat(`cluster(id:1){parent{parent{id name}}}`, 230) + `}`,
			400,
			[]string{"MAX_FIELDS_LIMIT"},
		},
		"H-025 deepest use of a fragment": {`{cluster(id:1){...P ` + strings.Repeat(`parent{`, 13) + `...P` +
			strings.Repeat(`}`, 13) + `}} fragment P on Cluster{parent{id}}`, 400, []string{"MAX_DEPTH_LIMIT"}},
		"H-026 operation called __schema": {`query __schema` + deep(20), 400, []string{"MAX_DEPTH_LIMIT"}},
		"H-026 fragment called __schema": {
			`{...__schema} fragment __schema on Query` + deep(20), 400,
			[]string{"MAX_DEPTH_LIMIT"},
		},
		"H-026 alias __schema": {
			strings.Replace(deep(20), `{cluster`, `{__schema:cluster`, 1), 400,
			[]string{"MAX_DEPTH_LIMIT"},
		},
		"H-028 unused variables": {
			`query(` + kit.Numbered(10000, `$v#:Int `) + `){__typename}`, 400,
			[]string{"DOCUMENT_TOO_LARGE", "MAX_VARIABLES_LIMIT"},
		},
		"H-028 fewer unused variables": {
			`query(` + kit.Numbered(101, `$v#:Int `) + `){__typename}`, 400,
			[]string{"MAX_VARIABLES_LIMIT"},
		},
		"H-029 operations": {
			kit.Numbered(1000, `query o#{__typename} `), 400,
			[]string{"MAX_OPERATIONS_LIMIT"},
		},
		"H-030 nested introspection": {
			`{__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}`, 400,
			[]string{validation},
		},
		"H-031 aliases of __schema": {
			`{` + kit.Numbered(200, `a#:__schema{queryType{name}} `) + `}`, 400,
			[]string{"MAX_ALIASES_LIMIT"},
		},
		"H-031 two of __schema": {
			`{a:__schema{queryType{name}} b:__schema{queryType{name}}}`, 400,
			[]string{"MAX_FIELDS_LIMIT"},
		},
		"H-032 many __type": {
			`{` + strings.Repeat(`__type(name:"X"){name} `, 400) + `}`, 400,
			[]string{"MAX_FIELDS_LIMIT", "MAX_ROOT_FIELDS_LIMIT"},
		},
		"H-037 block string": {
			`{echo(text:"""` + strings.Repeat("A", 1<<20) + `""")}`, 413,
			[]string{tooLarge},
		},
		"H-037 unterminated string":     {`{echo(text:"abc)}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-037 beyond Unicode":          {`{echo(text:"\u{110000}")}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-037 lone surrogate":          {`{echo(text:"a\uD800b")}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-037 lone trailing surrogate": {`{echo(text:"ä\\\udc00")}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-037 wrong second surrogate":  {`{echo(text:"\uD83D\uD83D\ude00")}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-038 two subscription fields": {`subscription{ticks other}`, 400, []string{validation}},
		"H-038 introspection as subscription": {
			`subscription($v:Boolean!){__typename @skip(if:$v)}`, 400,
			[]string{validation},
		},
		"H-039 defer": {
			`{` + strings.Repeat(`...@defer{__typename} `, 400) + `}`, 400,
			[]string{"MAX_DIRECTIVES_LIMIT"},
		},
		"H-040 long name": {`{` + strings.Repeat(`a`, 60000) + `}`, 400, []string{validation}},
		"H-040 long names of types": {
			`{cluster(id:1){` + kit.Numbered(400, `...on `+strings.Repeat(`a`, 100)+`#{a}`) + `}}`,
			400,
			[]string{validation},
		},
		"H-040 long token": {`{a(` + strings.Repeat(`a`, 60000) + `)}`, 400, []string{"GRAPHQL_PARSE_FAILED"}},
		"H-071 nested literal": {`{clusters(filter:` + strings.Repeat(`{not:`, 40) + `{}` + strings.Repeat(`}`, 40) +
			`){id}}`, 400, []string{"MAX_DEPTH_LIMIT"}},
		"comments":     {`{__typename}` + strings.Repeat("#\n", 5000), 400, []string{"MAX_TOKENS_LIMIT"}},
		"no operation": {`fragment A on Query{__typename}`, 400, []string{validation}},
		"blank":        {` `, 400, []string{validation}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got *kit.Reply
			var took time.Duration
			for try := 1; try == 1 || took > time.Second && try <= 3; try++ {
				started := time.Now()
				got = s.Query(t, test.document, `{"v":true}`)
				took = time.Since(started)
			}
			s.WantRefused(t, got, test.status, test.codes...)
			t.Logf("%v %q", took, got.Body.Errors[0].Message)
			// The bound is 100 ms of the server's time; with the race detector, and on a busy machine, it is the best of three.
			if took > time.Second {
				t.Errorf("refused after %v", took)
			}
			s.Probe(t)
		})
	}
}

func TestHostile_limitsAreNamed(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `{`+kit.Numbered(51, `a#:__typename `)+`}`, "")
	const want = "Too many aliases with fragments expanded: 51, where 50 is the limit."
	if got.Body.Errors[0].Message != want {
		t.Errorf("message %q, want %q", got.Body.Errors[0].Message, want)
	}
	if extensions := got.Body.Errors[0].Extensions; extensions["limit"] != 50.0 || extensions["actual"] != 51.0 {
		t.Errorf("extensions %v", extensions)
	}
}

func TestDocuments_withinTheLimits(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	for name, document := range map[string]string{
		"50 aliases":     `{cluster(id:1){` + kit.Numbered(50, `a#:id `) + `}}`,
		"30 root fields": `{` + strings.Repeat(`__typename `, 30) + `}`,
		"50 directives":  `{cluster(id:1){` + strings.Repeat(`id @skip(if:false) `, 50) + `name}}`,
		"15 levels": `{cluster(id:1)` + strings.Repeat(`{parent`, 13) + `{id}` + strings.Repeat(`}`, 13) +
			`}`,
		"1000 fields":                 `{cluster(id:1){` + strings.Repeat(`id `, 999) + `}}`,
		"surrogate pair":              `{echo(text:"\uD83D\uDE00 \\uD800 \u{1F600}")}`,
		"lone surrogate in a block":   `{echo(text:"""\uD800""")}`,
		"replacement character":       `{echo(text:"\uFFFD�")}`,
		"operation called fragment":   `query fragment {__typename}`,
		"description of an operation": `"about" query q {__typename}`,
		"standard introspection":      introspectionQuery,
		"default with an object":      `query q($f: Filter = {weight: 1}) {clusters(filter: $f) {id}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := s.Query(t, document, ""); got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
				t.Errorf("got %d %.300s", got.Status, got.Raw)
			}
		})
	}
}

// introspectionQuery is the one of graphql-js 16 with everything that it can ask for: 15 levels.
const introspectionQuery = `
query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } subscriptionType {
name kind } types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) {
...InputValue } } } } fragment FullType on __Type { kind name description specifiedByURL fields(includeDeprecated: true)
{ name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) {
name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } fragment InputValue on __InputValue {
name description type { ...TypeRef } defaultValue isDeprecated deprecationReason } fragment TypeRef on __Type { kind
name ofType { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name kind
ofType { name kind ofType { name kind ofType { name kind } } } } } } } } } }
`
