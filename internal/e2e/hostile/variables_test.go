package hostile

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

func TestHostile_variables(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	const echo = `query($int:Int,$float:Float,$text:String,$flag:Boolean,$id:ID,$shade:Shade,$shades:[Shade!],$grid:[[Int]],$long:Long,$moment:Moment,$required:Required)
		{echo(int:$int,float:$float,text:$text,flag:$flag,id:$id,shade:$shade,shades:$shades,grid:$grid,long:$long,moment:$moment,required:$required)}`
	const clusters = `query($first:Int,$after:String,$filter:Filter){clusters(first:$first,after:$after,filter:$filter){id}}`
	ids := strings.TrimSuffix(strings.Repeat(`"a",`, 1001), ",")
	tests := map[string]struct {
		document, variables string
		about               string // extensions.argument or extensions.variable
		message             string // what the message must have
	}{
		"H-034 literal": {
			`{clusters(first:1000000){id}}`, ``, "first",
			"at most 500 is accepted; 1000000 was given",
		},
		"H-034 variable": {
			clusters, `{"first":1000000}`, "first",
			"at most 500 is accepted; 1000000 was given",
		},
		"H-034 deeper": {
			`{cluster(id:1){x:parent{children(first:501){id}}}}`, ``, "first",
			"at most 500",
		},
		"H-034 in a fragment": {
			`{...F} fragment F on Query{cluster(id:1){children(first:501){id}}}`, ``,
			"first", "at most 500",
		},
		"H-035 -1": {
			`{clusters(first:-1){id}}`, ``, "first",
			"at least 1 is accepted; -1 was given",
		},
		"H-035 0":                    {clusters, `{"first":0}`, "first", "at least 1 is accepted; 0 was given"},
		"H-035 2^31 literal":         {`{clusters(first:2147483648){id}}`, ``, "first", "an Int is a whole number"},
		"H-035 2^31 variable":        {clusters, `{"first":2147483648}`, "first", "an Int is a whole number"},
		"H-064 default out of range": {`query($n:Int=501){clusters(first:$n){id}}`, ``, "first", "at most 500"},
		"H-065 1000 digits": {
			clusters, `{"first":` + strings.Repeat("9", 1000) + `}`, "first",
			"999… was given",
		},
		"H-065 100,000 digits": {
			clusters, `{"first":` + strings.Repeat("9", 100000) + `}`, "first",
			"999… was given",
		},
		"H-065 100 digits, literal": {
			`{echo(int:` + strings.Repeat("9", 100) + `)}`, ``, "",
			"Int cannot represent non 32-bit signed integer value",
		},
		"H-065 64 bits, literal":       {`{echo(int:4294967296)}`, ``, "int", "4294967296 was given"},
		"H-066 1.5":                    {echo, `{"int":1.5}`, "int", "1.5 was given"},
		"H-066 1.5 literal":            {`{echo(int:1.5)}`, ``, "", "Int cannot represent non-integer value: 1.5"},
		"H-066 1e2 is pinned: refused": {echo, `{"int":1e2}`, "int", "1e2 was given"},
		"H-066 1.0 is pinned: refused": {echo, `{"int":1.0}`, "int", "1.0 was given"},
		"H-066 text":                   {echo, `{"int":"1"}`, "int", `"1" was given`},
		"H-066 text in a list":         {echo, `{"grid":[["1"]]}`, "grid.0.0", `"1" was given`},
		"H-066 true":                   {echo, `{"int":true}`, "int", "true was given"},
		"H-066 list":                   {echo, `{"int":[1]}`, "int", "a list was given"},
		"H-067 1e400":                  {echo, `{"float":1e400}`, "float", "a Float is a finite number"},
		"H-067 -1e400":                 {echo, `{"float":-1e400}`, "float", "a Float is a finite number"},
		"H-067 text NaN":               {echo, `{"float":"NaN"}`, "float", "a Float is a finite number"},
		"H-067 1e400 literal":          {`{echo(float:1e400)}`, ``, "", "Float cannot represent"},
		"H-068 2^63": {
			echo, `{"long":9223372036854775808}`, "long",
			"a Long is a whole number of 64 bits",
		},
		"H-068 2^63 literal": {
			`{echo(long:9223372036854775808)}`, ``, "long",
			"a Long is a whole number of 64 bits",
		},
		"H-068 1e999": {echo, `{"long":1e999}`, "long", "the number is out of range"},
		"H-070 1001 ids": {
			`query($ids:[ID!]!){nodes(ids:$ids){id}}`, `{"ids":[` + ids + `]}`, "ids",
			"at most 500 items are accepted; 1001 were given",
		},
		"H-070 1001 items without a directive": {
			echo,
			`{"shades":[` + strings.TrimSuffix(strings.Repeat(`"RED",`, 1001), ",") + `]}`, "shades", "at most 1000 items",
		},
		"H-071 nested": {
			clusters, `{"filter":{"not":{"not":{"not":{"weight":11}}}}}`,
			"filter.not.not.not.weight", "at most 10",
		},
		"H-073 line break": {
			echo, `{"text":"a\u0000b\r\nX-Evil: 1"}`, "text",
			"control characters are not accepted; U+0000 was given",
		},
		"H-073 line break literal": {`{echo(text:"a\r\nX-Evil: 1")}`, ``, "text", "U+000D"},
		"H-073 in an id":           {`{cluster(id:"a\nb"){id}}`, ``, "id", "U+000A"},
		"H-073 in a custom scalar": {echo, `{"moment":"2022-04-17T16:00:00Z\u0000"}`, "moment", "U+0000"},
		"H-075 filter of letters": {
			clusters, `{"filter":{"codes":["(a+)+$"]}}`, "filter.codes.0",
			`it must match [a-z0-9-]+; "(a+)+$" was given`,
		},
		"H-075 partly matching": {clusters, `{"filter":{"codes":["ok","x y"]}}`, "filter.codes.1", "it must match"},
		"H-076 from after to": {
			clusters,
			`{"filter":{"at":{"from":"2022-04-18T00:00:00Z","to":"2022-04-17T00:00:00Z"}}}`, "filter.at",
			"from must be before to",
		},
		"H-076 no time": {
			clusters, `{"filter":{"at":{"from":"yesterday"}}}`, "filter.at.from",
			`a Moment is RFC 3339; "yesterday" was given`,
		},
		"H-077 missing": {
			`query($i:ID!){cluster(id:$i){id}}`, `{}`, "i",
			"ID! is required, but it was not given",
		},
		"H-077 null":                 {`query($i:ID!){cluster(id:$i){id}}`, `{"i":null}`, "i", "ID! cannot be null"},
		"H-077 missing in an object": {echo, `{"required":{"note":"n"}}`, "required.id", "ID! is required"},
		"H-077 null in a list":       {echo, `{"shades":[null]}`, "shades.0", "Shade! cannot be null"},
		"unknown field":              {echo, `{"required":{"id":1,"extra":1}}`, "required", `has no field "extra"`},
		"object is text":             {echo, `{"required":"x"}`, "required", "is an object"},
		"H-078 wrong case":           {echo, `{"shade":"red"}`, "shade", `"red" is no Shade`},
		"H-078 number":               {echo, `{"shade":1}`, "shade", "1 is no Shade"},
		"H-078 text literal":         {`{echo(shade:"RED")}`, ``, "", `Enum "Shade" cannot represent`},
		"H-078 number literal":       {`{echo(shade:1)}`, ``, "", `Enum "Shade" cannot represent`},
		"H-079 huge cursor": {
			clusters, `{"after":"` + strings.Repeat("A", 60000) + `"}`, "after",
			"at most 40 characters are accepted; 60000 were given",
		},
		"H-079 forged cursor": {
			clusters, `{"after":"Zm9yZ2Vk"}`, "after",
			"a cursor is one that the gateway gave out",
		},
		"long text without a directive": {
			echo, `{"text":"` + strings.Repeat("A", 5000) + `"}`, "text",
			"at most 4096 characters",
		},
		"String a number": {echo, `{"text":5}`, "text", "a String is text; 5 was given"},
		"Boolean a text":  {echo, `{"flag":"true"}`, "flag", "a Boolean is true or false"},
		"ID a fraction":   {echo, `{"id":1.5}`, "id", "an ID is text or a whole number"},
		"ID an object":    {echo, `{"id":{}}`, "id", "an object was given"},
		"too short":       {`{echo(named:"a")}`, ``, "named", "at least 2 characters are needed; 1 were given"},
		"variable within an object": {
			`query($w:Int){clusters(filter:{weight:$w}){id}}`, `{"w":11}`, "filter.weight",
			"at most 10",
		},
		"items of one that is no list": {clusters, `{"filter":{"codes":"NOT"}}`, "filter.codes.0", "it must match"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Query(t, test.document, test.variables)
			code := "BAD_USER_INPUT"
			if test.about == "" {
				code = "GRAPHQL_VALIDATION_FAILED"
			}
			s.WantRefused(t, got, 400, code)
			if len(got.Body.Errors) == 0 {
				return
			}
			extensions := got.Body.Errors[0].Extensions
			about, _ := extensions["argument"].(string)
			if about == "" {
				about, _ = extensions["variable"].(string)
			}
			if about != test.about || !strings.Contains(got.Body.Errors[0].Message, test.message) {
				t.Errorf("about %q: %q, want %q: %q", about, got.Body.Errors[0].Message, test.about, test.message)
			}
			if strings.Contains(got.Raw, "strconv") ||
				strings.Contains(got.Raw, "Did you mean the enum value") && test.about != "" {
				t.Errorf("the answer shows how it is built: %s", got.Raw)
			}
		})
	}
}

func TestHostile_variablesThatAreFine(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	tests := map[string]struct {
		document, variables, want string
	}{
		"H-069 exact number in an ID": {
			`query($id:ID){echo(id:$id)}`, `{"id":9007199254740993}`,
			`{"id":9007199254740993}`,
		},
		"H-069 exact number in a scalar": {
			`query($long:Long){echo(long:$long)}`, `{"long":9007199254740993}`,
			`{"long":9007199254740993}`,
		},
		"H-074 lone surrogate is pinned": {
			`query($t:String){echo(text:$t)}`, `{"t":"a\ud800b"}`,
			`{"text":"a` + "\ufffd" + `b"}`,
		},
		"H-080 default":     {`query($n:Int=3){echo(int:$n)}`, `{}`, `{"int":3}`},
		"H-080 nested list": {`query($g:[[Int]]){echo(grid:$g)}`, `{"g":[[1],2]}`, `{"grid":[[1],[2]]}`},
		"H-080 default of an input field": {
			`query($r:Required){echo(required:$r)}`, `{"r":{"id":"a"}}`,
			`{"required":{"id":"a"}}`,
		},
		"null where nothing is numeric": {
			`query($t:String,$c:Shade){echo(text:$t,shade:$c)}`, `{"t":null,"c":null}`,
			`{"shade":null,"text":null}`,
		},
		"missing variable is left out": {`query($t:String){echo(text:$t)}`, `{}`, `{}`},
		"32-bit ends": {
			`query($a:Int){echo(int:$a,float:-2147483648)}`, `{"a":2147483647}`,
			`{"float":-2147483648,"int":2147483647}`,
		},
		"enum": {
			`query($c:[Shade!]){echo(shades:$c,shade:GREEN)}`, `{"c":"RED"}`,
			`{"shade":"GREEN","shades":["RED"]}`,
		},
		"whole number for a Float": {`query($f:Float){echo(float:$f)}`, `{"f":3}`, `{"float":3}`},
		"4096 characters outside of ASCII": {
			`query($t:String){echo(text:$t)}`, `{"t":"` + strings.Repeat("ä", 4096) + `"}`,
			`{"text":"` + strings.Repeat("ä", 4096) + `"}`,
		},
		"skipped field is not judged": {
			`query($s:Boolean!){echo clusters(first:0) @skip(if:$s){id}}`, `{"s":true}`,
			`{}`,
		},
		"field not included is not judged": {`{echo ... @include(if:false){clusters(first:0){id}}}`, ``, `{}`},
		"fragment not included isn't either": {
			`{echo ...F @include(if:false)} fragment F on Query{clusters(first:0){id}}`,
			``, `{}`,
		},
		"H-035 null literal":        {`{echo clusters(first:null){id}}`, ``, `{}`},
		"H-035 null variable":       {`query($n:Int){echo clusters(first:$n){id}}`, `{"n":null}`, `{}`},
		"H-035 null as default":     {`query($n:Int=null){echo clusters(first:$n){id}}`, ``, `{}`},
		"null for a missing cursor": {`query($a:String){echo clusters(after:$a){id}}`, `{"a":null}`, `{}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Query(t, test.document, test.variables)
			var data struct{ Echo string }
			if err := json.Unmarshal(got.Body.Data, &data); err != nil || got.Status != 200 {
				t.Fatalf("got %d %s: %v", got.Status, got.Raw, err)
			}
			if data.Echo != test.want {
				t.Errorf("the resolver saw %s, want %s", data.Echo, test.want)
			}
		})
	}
}

func TestArgumentCheck_oneErrorForEachArgument(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `{
		a: clusters(first: 0, after: "x", filter: {codes: ["A", "B"], weight: -1}) {id}
		cluster(id: 1) {parent {children(first: 501) {id} children(first: 501) {name}}}
	}`, "")
	s.WantRefused(t, got, 400, "BAD_USER_INPUT")
	var seen []string
	for _, one := range got.Body.Errors {
		path, err := json.Marshal(one.Path)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, string(path)+" "+one.Extensions["argument"].(string))
	}
	want := []string{`["a"] first`, `["a"] after`, `["a"] filter.codes.0`, `["cluster","parent","children"] first`}
	if strings.Join(seen, "; ") != strings.Join(want, "; ") {
		t.Errorf("got %q, want %q", seen, want)
	}
}

func TestHostile_manyFaultsAreCounted(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	shades := strings.TrimSuffix(strings.Repeat(`"BLUE",`, 5000), ",")
	got := s.Query(t, `query($c:[Shade!]){echo(shades:$c)}`, `{"c":[`+shades+`]}`)
	s.WantRefused(t, got, 400, "BAD_USER_INPUT")
	left, _ := got.Body.Extensions["truncatedErrors"].(map[string]any)
	if len(got.Body.Errors) != 20 || left["BAD_USER_INPUT"] != 80.0 {
		t.Errorf("%d errors, %v left out", len(got.Body.Errors), got.Body.Extensions)
	}
}
