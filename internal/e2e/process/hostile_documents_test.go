package process

import (
	"fmt"
	"strings"
	"time"
)

// doubling is a document whose fragments spread each other twice, so that it doubles with each of its levels.
func doubling(levels int, fragment, last string) string {
	var text strings.Builder
	text.WriteString("{regions{...F0}}")
	for i := range levels {
		fmt.Fprintf(&text, " fragment F%d on Region{%s}", i, strings.ReplaceAll(fragment, "$", fmt.Sprintf("...F%d", i+1)))
	}
	fmt.Fprintf(&text, " fragment F%d on Region{%s}", levels, last)
	return text.String()
}

// nested is a document of so many levels of regions in hosts in regions.
func nested(levels int) string {
	return `{regions` + strings.Repeat(`{hosts{nodes{region`, levels) + `{code}` + strings.Repeat(`}}}`, levels) + `}`
}

// audits asks for the audit log of so many different days, twice the calls of 60 a minute.
func audits(days int) string {
	var text strings.Builder
	text.WriteString(`{region(code:"cn-north-7"){`)
	for i := range days {
		from := time.Date(2026, 9, 1+i, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&text, "a%d:auditEvents(filter:{range:{from:%q,to:%q}}){totalCount}", i, from.Format(time.RFC3339),
			from.Add(time.Hour).Format(time.RFC3339))
	}
	return text.String() + `}}`
}

// capacities asks for the capacity of so many spans.
func capacities(spans int) string {
	var text strings.Builder
	text.WriteString(`{region(code:"cn-north-7"){cloudService(type:EVS){`)
	for i := range spans {
		fmt.Fprintf(&text, `a%d:capacity(range:{from:"2026-11-20T00:%02d:00Z",to:"2026-11-20T03:00:00Z"}){unit}`, i, i)
	}
	return text.String() + `}}}`
}

// hostileDocuments are those of part A.
func hostileDocuments() []attempt {
	const (
		invalid, malformed, input = "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"
		tooLarge, tooLong         = "PAYLOAD_TOO_LARGE", "DOCUMENT_TOO_LARGE"
		tokens, depth, fields     = "MAX_TOKENS_LIMIT", "MAX_DEPTH_LIMIT", "MAX_FIELDS_LIMIT"
	)
	chained := "{...F0}" + numbers(5000, " fragment F# on Query{...F}")
	return []attempt{
		asDocument("H-001 aliases", `{`+numbers(101, `a#:__typename `)+`}`, 400, "MAX_ALIASES_LIMIT"),
		asDocument("H-002 calls by alias", `{`+numbers(10000, `a#:host(hostId:"#"){name}`)+`}`, 413, tooLarge),
		asDocument("H-003 calls of the quota", audits(50), 400, "QUOTA_COST_TOO_HIGH"),
		asDocument("H-004 aliases by fragment", `{`+numbers(10, `p#:region(code:"x"){...F}`)+`} fragment F on Region{`+
			numbers(10, `a#:code `)+`}`, 400, "MAX_ALIASES_LIMIT"),
		asDocument("H-005 root fields", `{`+strings.Repeat(`__typename `, 500)+`}`, 400, "MAX_ROOT_FIELDS_LIMIT"),
		asDocument("H-006 more root fields", `{`+strings.Repeat(`__typename `, 10000)+`}`, 400, tooLong),
		asDocument("H-007 far more", `{`+strings.Repeat(`__typename `, 100000)+`}`, 413, tooLarge),
		asDocument("H-008 calls", `{`+strings.Repeat(`host(hostId:"1"){id name} `, 12000)+`}`, 413, tooLarge),
		asDocument("H-010 directives", `{__typename `+strings.Repeat(`@a `, 10)+`}`, 400, invalid),
		asDocument("H-011 more directives", `{__typename `+strings.Repeat(`@a `, 10000)+`}`, 400, tokens),
		asDocument("H-012 far more directives", `{__typename `+strings.Repeat(`@a `, 100000)+`}`, 413, tooLarge),
		asDocument("H-013 different directives", `{__typename `+numbers(10000, `@a# `)+`}`, 400, tooLong),
		asDocument("H-014 known directives", `{__typename `+strings.Repeat(`@skip(if:false) `, 10000)+`}`, 400, tooLong),
		asDocument("H-015 depth", nested(34), 400, depth),
		asDocument("H-016 more depth", nested(300), 400, depth),
		asDocument("H-017 far more depth", strings.Repeat(`a{`, 100000), 400, tooLong),
		asDocument("H-017 within the tokens", strings.Repeat(`{a`, 1990), 400, malformed),
		asDocument("H-019 fragment in itself", `{...A} fragment A on Query{...A}`, 400, invalid),
		asDocument("H-019 three of them",
			`{...A} fragment A on Query{...B} fragment B on Query{...C} fragment C on Query{... on Query{...A}}`, 400, invalid),
		asDocument("H-020 bomb", doubling(20, `a:hosts{nodes{region{$}}} b:hosts{nodes{region{$}}}`, "code"), 400, depth,
			fields),
		asDocument("H-021 larger bomb", doubling(40, `a:hosts{nodes{region{$}}} b:hosts{nodes{region{$}}}`, "code"), 400,
			depth, fields),
		asDocument("H-021 widest bomb", doubling(190, `$ $`, "code"), 400, fields),
		asDocument("H-022 bomb without depth", doubling(25, `$ $`, "__typename"), 400, fields),
		asDocument("H-023 chain", chained, 400, tooLong, "MAX_FRAGMENTS_LIMIT"),
		asDocument("H-023 shorter chain", "{...F0}"+numbers(201, " fragment F# on Query{...F}")+
			" fragment F on Query{__typename}", 400, "MAX_FRAGMENTS_LIMIT"),
		asDocument("H-024 overlap", `{`+strings.Repeat(`regions{hosts{nodes{id name}}}`, 1000)+`}`, 400, tokens),
		asDocument("H-025 deepest use of a fragment", `{regions{...P `+strings.Repeat(`hosts{nodes{region{`, 4)+`...P`+
			strings.Repeat(`}}}`, 4)+`}} fragment P on Region{hosts{nodes{name}}}`, 400, depth),
		asDocument("H-026 operation called __schema", `query __schema`+nested(7), 400, depth),
		asDocument("H-026 fragment called __schema", `{...__schema} fragment __schema on Query`+nested(7), 400, depth),
		asDocument("H-026 alias __schema", strings.Replace(nested(7), `{regions`, `{__schema:regions`, 1), 400, depth),
		asDocument("H-028 unused variables", `query(`+numbers(10000, `$v#:Int `)+`){__typename}`, 400, tooLong,
			"MAX_VARIABLES_LIMIT"),
		asDocument("H-029 operations", numbers(1000, `query o#{__typename} `), 400, "MAX_OPERATIONS_LIMIT"),
		asDocument("H-030 nested introspection",
			`{__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}`, 400, invalid),
		asDocument("H-031 aliases of __schema", `{`+numbers(200, `a#:__schema{queryType{name}} `)+`}`, 400,
			"MAX_ALIASES_LIMIT"),
		asDocument("H-032 many __type", `{`+strings.Repeat(`__type(name:"X"){name} `, 400)+`}`, 400, fields,
			"MAX_ROOT_FIELDS_LIMIT"),
		asOperation("H-033 a million objects",
			`query($n:Int!){instances(type:ECS,first:$n){nodes{children(first:$n){nodes{children(first:$n){nodes{id}}}}}}}`,
			`{"n":100}`, 400, "COST_TOO_HIGH"),
		asDocument("H-034 a page of a million", `{hosts(first:1000000){totalCount}}`, 400, input),
		asDocument("H-035 -1", `{hosts(first:-1){totalCount}}`, 400, input),
		asDocument("H-035 2^31", `{hosts(first:2147483648){totalCount}}`, 400, input),
		asDocument("H-037 block string", `{region(code:"""`+strings.Repeat("A", 1<<20)+`"""){code}}`, 413, tooLarge),
		asDocument("H-037 unterminated string", `{region(code:"abc){code}}`, 400, malformed),
		asDocument("H-037 beyond Unicode", `{region(code:"\u{110000}"){code}}`, 400, malformed),
		asDocument("H-037 lone surrogate", `{region(code:"a\uD800b"){code}}`, 400, malformed),
		asDocument("H-038 two subscription fields", `subscription{alarmChanges{kind} capacityChanges{kind}}`, 400, invalid),
		asOperation("H-038 introspection as subscription", `subscription($v:Boolean!){__typename @skip(if:$v)}`, `{"v":true}`,
			400, invalid),
		asDocument("H-039 defer", `{`+strings.Repeat(`...@defer{__typename} `, 400)+`}`, 400, "MAX_DIRECTIVES_LIMIT"),
		asDocument("H-040 long name", `{`+strings.Repeat(`a`, 60000)+`}`, 400, invalid),
		asDocument("H-179 thirty-one calls", capacities(31), 400, "QUOTA_COST_TOO_HIGH"),
	}
}

// hostileVariables are those of part C.
func hostileVariables() []attempt {
	const (
		page  = `query($first:Int,$after:String){hosts(first:$first,after:$after){totalCount}}`
		one   = `query($code:String!){region(code:$code){code}}`
		input = "BAD_USER_INPUT"
	)
	digits := strings.Repeat("9", 100000)
	return []attempt{
		asOperation("H-064 a page of a million", page, `{"first":1000000}`, 400, input),
		asOperation("H-065 100,000 digits", page, `{"first":`+digits+`}`, 400, input),
		asOperation("H-066 1.5", page, `{"first":1.5}`, 400, input),
		asOperation("H-066 text", page, `{"first":"1"}`, 400, input),
		asOperation("H-067 1e400", page, `{"first":1e400}`, 400, input),
		asOperation("H-068 2^63", page, `{"first":9223372036854775808}`, 400, input),
		asOperation("H-069 a number as id", `query($i:ID!){node(id:$i){id}}`, `{"i":9007199254740993}`, 400, input),
		asOperation("H-070 501 ids", `query($i:[ID!]!){nodes(ids:$i){id}}`,
			`{"i":[`+strings.TrimSuffix(strings.Repeat(`"a",`, 501), ",")+`]}`, 400, input),
		asOperation("H-073 line break", one, `{"code":"a\u0000b\r\nX-Evil: 1"}`, 400, input),
		asOperation("H-074 lone surrogate is plain data",
			`query($s:Boolean!,$c:String!){__typename region(code:$c) @skip(if:$s){code}}`, `{"s":true,"c":"\ud800"}`, 200),
		asOperation("H-075 regular expression", `query($i:String){host(hostId:$i){name}}`, `{"i":"(a+)+$"}`, 400, input),
		asDocument("H-076 from after to",
			`{region(code:"x"){auditEvents(filter:{range:{from:"2026-09-02T00:00:00Z",to:"2026-09-01T00:00:00Z"}}){totalCount}}}`, 400, input),
		asDocument("H-076 a thousand years",
			`{region(code:"x"){auditEvents(filter:{range:{from:"1970-01-01T00:00:00Z",to:"2999-01-01T00:00:00Z"}}){totalCount}}}`, 400, input),
		asOperation("H-077 missing", one, `{}`, 400, input),
		asOperation("H-077 null", one, `{"code":null}`, 400, input),
		asOperation("H-077 undeclared", `{__typename}`, `{"nobody":{"asked":[1,2]}}`, 200),
		asOperation("H-078 wrong case", `query($t:[CloudServiceType!]){cloudServices(types:$t){type}}`, `{"t":["evs"]}`, 400,
			input),
		asOperation("H-078 number", `query($t:[CloudServiceType!]){cloudServices(types:$t){type}}`, `{"t":[1]}`, 400, input),
		asOperation("H-079 huge cursor", page, `{"after":"`+strings.Repeat("A", 60000)+`"}`, 400, input),
		asOperation("H-079 forged cursor", page, `{"after":"Zm9yZ2Vk"}`, 400, input),
		asOperation("H-080 list of one item and its default",
			`query($n:Int=3,$c:[String!]){__typename hosts(first:$n,filter:{regions:$c}){totalCount}}`, `{"c":"x"}`, 200),
	}
}
