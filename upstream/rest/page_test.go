package rest_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestPageDecodes(t *testing.T) {
	a, b := thing{Name: "a"}, thing{Name: "b", Size: 2}
	tests := []struct {
		name, body string
		total      int64
		list       []thing
		bad        []string
	}{
		{"plain", `{"total":2,"list":[{"name":"a"},{"name":"b","size":2}]}`, 2, []thing{a, b}, nil},
		{"Quirk065 list before total", `{"list":[{"name":"a"}],"total":1}`, 1, []thing{a}, nil},
		{"Quirk019 total as text", `{"total":"33","list":[{"name":"a"}]}`, 33, []thing{a}, nil},
		{"total blank", `{"total":" 33 ","list":[]}`, 33, []thing{}, nil},
		{"total null", `{"total":null,"list":[]}`, -1, []thing{}, nil},
		{"total null as text", `{"total":"null","list":[]}`, -1, []thing{}, nil},
		{"total garbage", `{"total":{"a":[1]},"list":[{"name":"a"}]}`, -1, []thing{a}, nil},
		{"total missing", `{"list":[{"name":"a"}]}`, -1, []thing{a}, nil},
		{"F-26 total negative", `{"total":-5,"list":[]}`, -1, []thing{}, nil},
		{"F-26 total huge", `{"total":1e99,"list":[]}`, -1, []thing{}, nil},
		{"F-21 list missing, total 0", `{"total":0}`, 0, []thing{}, nil},
		{"F-21 list null, total 0 as text", `{"total":"0","list":null}`, 0, []thing{}, nil},
		{"F-21 empty array", ` [] `, -1, nil, nil},
		{"extra keys", `{"total":1,"list":[{"name":"a","other":{}}],"more":[]}`, 1, []thing{a}, nil},
		{
			"F-23 bad rows", `{"total":5,"list":[{"name":{"x":1}},{"name":"a"},null,"text",{"name":"b","size":2}]}`,
			5,
			[]thing{a, b},
			[]string{`{"name":{"x":1}}`, `null`, `"text"`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var page rest.Page[thing]
			if err := json.Unmarshal([]byte(test.body), &page); err != nil {
				t.Fatal(err)
			}
			if page.Total != test.total {
				t.Errorf("total = %d, want %d", page.Total, test.total)
			}
			if diff := cmp.Diff(test.list, page.List); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}
			var bad []string
			for _, row := range page.Bad {
				bad = append(bad, string(row.Raw))
				if _, ok := errors.AsType[*rest.DecodeError](row.Err); !ok {
					t.Errorf("error of a bad row = %T", row.Err)
				}
			}
			if diff := cmp.Diff(test.bad, bad); diff != "" {
				t.Errorf("bad (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPageRefuses(t *testing.T) {
	tests := map[string]string{
		`{}`:                            "nothing in field list",
		`{"total":3}`:                   "nothing in field list",
		`{"total":3,"list":null}`:       "nothing in field list",
		`{"list":null}`:                 "nothing in field list",
		`{"total":1,"list":{"name":1}}`: "object where slice belongs in field list at byte 19",
		`{"total":1,"list":"SECRET"}`:   "string where slice belongs in field list at byte 26",
		`[{"name":"SECRET"}]`:           "array where an object belongs",
		`"SECRET"`:                      "string where struct belongs at byte 8",
	}
	for body, want := range tests {
		t.Run(body, func(t *testing.T) {
			var page rest.Page[thing]
			err := json.Unmarshal([]byte(body), &page)
			if err == nil || err.Error() != want {
				t.Errorf("error = %v, want %q", err, want)
			}
		})
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"total":"2","list":[{"name":"a"},null,{"name":[]}]}`, `[]`, `{"list":{}}`, `{"total":0}`, `null`,
		`{"list":[1e999]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var page rest.Page[thing]
		if json.Unmarshal(data, &page) != nil {
			return
		}
		if page.Total < -1 {
			t.Errorf("total = %d", page.Total)
		}
		for _, row := range page.Bad {
			if !json.Valid(row.Raw) || row.Err == nil {
				t.Errorf("bad row = %q, %v", row.Raw, row.Err)
			}
		}
	})
}
