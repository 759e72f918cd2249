package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/scan"
)

// item is a row that means nothing without its name.
type item struct {
	Name string   `json:"name"`
	Size *float64 `json:"size"`
}

func (i item) MissingKey() string {
	if i.Name == "" {
		return "name"
	}
	return ""
}

// someItems reads items whose first key is the name, and leaves all else.
type someItems struct{ read int }

func (s *someItems) Read(data []byte, at int, row *item) (end int, ok bool) {
	if !strings.HasPrefix(string(data[at:]), `{"name":"`) {
		return at, false
	}
	if end, ok = scan.Value(data, at); !ok || json.Unmarshal(data[at:end], row) != nil {
		return at, false
	}
	s.read++
	return end, true
}

// shown is a page and an error as they are compared.
func shown(page Page[item], err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	text := fmt.Sprintf("total %d, nil %v", page.Total, page.List == nil)
	for _, row := range page.List {
		size := "none"
		if row.Size != nil {
			size = fmt.Sprint(*row.Size)
		}
		text += fmt.Sprintf("\nrow %q %s", row.Name, size)
	}
	for _, row := range page.Bad {
		text += fmt.Sprintf("\nbad %s: %v", row.Raw, row.Err)
	}
	return text
}

// bothWays is what a body is read to in one pass where that can be, and by encoding/json.
func bothWays(body []byte) (quick, slow string) {
	var a, b Page[item]
	failed := a.read(body, 1000, &someItems{})
	quick = shown(a, failed)
	failed = decodeBody(body, &b)
	return quick, shown(b, failed)
}

func pageBodies() []string {
	return []string{
		`{"total":2,"list":[{"name":"a"},{"name":"b","size":2}]}`, `{"list":[{"name":"a"}],"total":"33"}`,
		`{"total":5,"list":[{"name":{"x":1}},{"name":"a"},null,"text",{"name":"b","size":"2"},{"name":""},{}]}`,
		`{"total":0}`, `{"total":3}`, `{"total":"0","list":null}`, `{"total":1,"list":{}}`, `[]`, `[{"name":"a"}]`, `null`, ``, ` `,
		"\ufeff" + `{"total":1,"list":[]}`, `{"list":[],"list":[{"name":"a"}]}`, `{"total":1,"total":2,"list":[]}`,
		`{"List":[{"name":"a"}],"TOTAL":1}`, `{"list":[{"name":"a"}],"LIST":[{"name":"b"}]}`, `{"li\u0073t":[{"name":"a"}]}`,
		`{"liſt":[{"name":"a"}]}`, `{"list":[{"name":"a"}]} x`, `{"list":[{"name":"a"}]}{}`, `{"list":[{"name":"a"},]}`,
		`{"list":[{"name":"a"}`, `{"list":[{"name":"a","name":"b"}]}`, `{"list":[{"n\u0061me":"a"}]}`, `{"list":[[],1,true]}`,
		`{"code":"x","list":[{"name":"a","more":[{"list":[1]}]}],"total":{"a":1}}`, ` { "total" : 1 , "list" : [ ] } `,
		"{\"list\":[{\"name\":\"a\xff\"},{\"name\":\"\x01\"}]}", `{"list":[` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `]}`,
	}
}

// TestPageBothWays has a page read in one pass as encoding/json reads it, whatever it is.
func TestPageBothWays(t *testing.T) {
	for _, body := range pageBodies() {
		quick, slow := bothWays([]byte(body))
		if diff := cmp.Diff(slow, quick); diff != "" {
			t.Errorf("%s (-encoding/json +in one pass):\n%s", body, diff)
		}
	}
}

// TestPageInOnePass has the usual page read without encoding/json, and room made for the rows that it can have.
func TestPageInOnePass(t *testing.T) {
	body := `{"total":"900","list":[{"name":"a"}` + strings.Repeat(`,{"name":"b"}`, 899) + `]}`
	reader := &someItems{}
	var page Page[item]
	if !page.quick([]byte(body), 1000, reader) || reader.read != 900 || len(page.List) != 900 || page.Total != 900 {
		t.Errorf("%d rows of %d were read so", reader.read, len(page.List))
	}
	page = Page[item]{}
	if !page.quick([]byte(body), 10, nil) || len(page.List) != 900 {
		t.Errorf("%d rows where more came than were asked for", len(page.List))
	}
	page = Page[item]{}
	if !page.quick([]byte(`{"list":[{}`+strings.Repeat(`,{"name":"b"}`, 2)+strings.Repeat(" ", 1<<20)+`]}`), 1000, reader) ||
		cap(page.List) > 2000 {
		t.Errorf("room for %d rows, 1000 were asked for", cap(page.List))
	}
}

// FuzzPageBothWays: a page read in one pass is the page that encoding/json reads, and so is the error.
func FuzzPageBothWays(f *testing.F) {
	for _, body := range pageBodies() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if quick, slow := bothWays(body); quick != slow {
			t.Fatalf("in one pass:\n%s\nby encoding/json:\n%s", quick, slow)
		}
	})
}
