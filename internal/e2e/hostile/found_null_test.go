package hostile

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// nullCase is a valid document whose variable is null, and what graphql-js makes of it (coerceVariableValues, then
// getArgumentValues and valueFromAST).
type nullCase struct {
	document, variables string
	about               string // the argument that is refused; empty where the operation runs
	want                string // what the resolver of echo gets then
}

// nullCases are places that null can reach although validation accepts the document.
func nullCases() map[string]nullCase {
	return map[string]nullCase{
		"include": {`query($b:Boolean=true){__typename @include(if:$b)}`, `{"b":null}`, "if", ""},
		"skip":    {`query($b:Boolean=false){__typename @skip(if:$b)}`, `{"b":null}`, "if", ""},
		"directive of an inline fragment": {
			`query($b:Boolean=true){... @include(if:$b){__typename}}`, `{"b":null}`, "if", "",
		},
		"directive of a spread": {
			`query($b:Boolean=true){...F @include(if:$b)} fragment F on Query{__typename}`, `{"b":null}`, "if", "",
		},
		"directive within a fragment": {
			`query($b:Boolean=true){...F} fragment F on Query{__typename @skip(if:$b)}`, `{"b":null}`, "if", "",
		},
		"directive of a field of an object": {
			`query($b:Boolean=true){cluster(id:1){parent{id @include(if:$b)}}}`, `{"b":null}`, "if", "",
		},
		"an argument":          {`query($i:ID="a"){cluster(id:$i){id}}`, `{"i":null}`, "id", ""},
		"an item of a list":    {`query($c:String="a"){clusters(filter:{codes:[$c]}){id}}`, `{"c":null}`, "filter.codes.0", ""},
		"an item of an enum":   {`query($s:Shade=RED){echo(shades:[GREEN,$s])}`, `{"s":null}`, "shades.1", ""},
		"an item of ids":       {`query($i:ID="a"){nodes(ids:["b",$i]){id}}`, `{"i":null}`, "ids.1", ""},
		"an input field":       {`query($i:ID="a"){echo(required:{id:$i})}`, `{"i":null}`, "required.id", ""},
		"introspection":        {`query($n:String="Query"){__type(name:$n){name}}`, `{"n":null}`, "name", ""},
		"default stands":       {`query($b:Boolean=true){echo @include(if:$b)}`, `{}`, "", `{}`},
		"an item with default": {`query($s:Shade=RED){echo(shades:[GREEN,$s])}`, `{}`, "", `{"shades":["GREEN","RED"]}`},
		"a null item may be":   {`query($n:Int=1){echo(grid:[[$n]])}`, `{"n":null}`, "", `{"grid":[[null]]}`},
		"a list may be null":   {`query($g:[Int]){echo(grid:[$g,[1]])}`, `{"g":null}`, "", `{"grid":[null,[1]]}`},
		"an item left out":     {`query($n:Int){echo(grid:[[$n,2]])}`, `{}`, "", `{"grid":[[null,2]]}`},
		"an input field left out": {
			`query($t:String){echo(required:{id:"a",note:$t})}`, `{}`, "", `{"required":{"id":"a"}}`,
		},
		"an argument left out": {`query($t:String,$n:Int){echo(text:$t,int:$n)}`, `{}`, "", `{}`},
		"a whole list is null": {`query($s:[Shade!]=[RED]){echo(shades:$s)}`, `{"s":null}`, "", `{"shades":null}`},
		"a skipped field is not judged": {
			`query($i:ID="a",$s:Boolean!){echo cluster(id:$i) @skip(if:$s){id}}`, `{"i":null,"s":true}`, "", `{}`,
		},
	}
}

func TestFound_B1_B2_NullWhereNoneMayBe(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	check := func(t *testing.T, got *kit.Reply, test nullCase) {
		t.Helper()
		if test.about == "" {
			var data struct{ Echo string }
			if err := json.Unmarshal(got.Body.Data, &data); err != nil || got.Status != http.StatusOK ||
				data.Echo != test.want {
				t.Errorf("%d %s: the resolver saw %s, want %s (%v)", got.Status, got.Raw, data.Echo, test.want, err)
			}
			return
		}
		if got.Status != http.StatusBadRequest || got.Code() != "BAD_USER_INPUT" || len(got.Body.Data) > 0 ||
			got.Body.Errors[0].Extensions["argument"] != test.about {
			t.Errorf("%d %s, want BAD_USER_INPUT about %s", got.Status, got.Raw, test.about)
		}
	}
	for name, test := range nullCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, s.Query(t, test.document, test.variables), test)
			check(t, s.Get(t, url.Values{"query": {test.document}, "variables": {test.variables}},
				map[string]string{"Accept": "application/graphql-response+json"}), test)
			if test.about == "" {
				return
			}
			stream := streamOf(t, s, test)
			if !strings.Contains(stream, `"code":"BAD_USER_INPUT"`) || strings.Contains(stream, `"data":`) {
				t.Errorf("event stream: %s", stream)
			}
			socket := kit.OpenSocket(t, s.URL, "")
			socket.Send(`{"type":"subscribe","id":"1","payload":` + kit.RequestBody(t, test.document, test.variables) + `}`)
			if m := socket.Receive(); m.Type != "error" || m.Code() != "BAD_USER_INPUT" {
				t.Errorf("WebSocket: %s %s", m.Type, m.Payload)
			}
		})
	}
	t.Cleanup(func() {
		if strings.Contains(s.Log.String(), "panic recovered") {
			t.Error("a panic")
		}
	})
}

// TestFound_B1_DefaultsAreReadAsJSON: a default may have more digits than a number of 64 bits.
func TestFound_B1_DefaultsAreReadAsJSON(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	const digits = "99999999999999999999" // beyond 64 bits
	for name, test := range map[string]struct{ document, code, want string }{
		"a list of one":   {`query($s:[Shade!]=RED){echo(shades:$s)}`, "", `{"shades":["RED"]}`},
		"an input object": {`query($r:Required={id:7}){echo(required:$r)}`, "", `{"required":{"id":7}}`},
		"a Float":         {`query($f:Float=1e3){echo(float:$f)}`, "", `{"float":1000}`},
		"a block string":  {`query($t:String="""a"""){echo(text:$t)}`, "", `{"text":"a"}`},
		"a scalar":        {`query($l:Long=` + digits + `){echo(long:$l)}`, "BAD_USER_INPUT", ""},
		"another one":     {`query($m:Moment=` + digits + `){echo(moment:$m)}`, "BAD_USER_INPUT", ""},
	} {
		got := s.Query(t, test.document, "")
		var data struct{ Echo string }
		_ = json.Unmarshal(got.Body.Data, &data) // refused ones have none
		if got.Code() != test.code || data.Echo != test.want || strings.Contains(got.Raw, "strconv") {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
}

// streamOf is the whole event stream of an operation with variables.
func streamOf(t *testing.T, s *kit.Site, test nullCase) string {
	t.Helper()
	got := s.Send(t, http.MethodPost, s.URL, kit.RequestBody(t, test.document, test.variables),
		map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"})
	return got.Raw
}

// TestFound_B1_OneErrorForEachPlace reports a null for a directive beside one for an argument.
func TestFound_B1_OneErrorForEachPlace(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	got := s.Query(t, `query($b:Boolean=true,$i:ID="x"){a:cluster(id:$i) @include(if:$b){id}}`, `{"b":null,"i":null}`)
	s.WantRefused(t, got, http.StatusBadRequest, "BAD_USER_INPUT")
	var seen []string
	for _, one := range got.Body.Errors {
		about, _ := one.Extensions["argument"].(string)
		seen = append(seen, about)
	}
	slices.Sort(seen)
	if !slices.Equal(seen, []string{"id", "if"}) {
		t.Errorf("errors about %q", seen)
	}
}
