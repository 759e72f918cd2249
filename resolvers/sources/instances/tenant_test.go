package instances_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestTenantInstances(t *testing.T) {
	const web = `{"resource_id":"f0ae18b6","region_code":"cn-north-7","x":1}`
	for name, test := range map[string]struct {
		answer  string
		want    string // resource ids and positions
		counted int
	}{
		"a list in an object": {
			sourcestest.ListOf(`{"resource_id":"b"}`, `{"x":1}`, `{"resource_id":"a"}`),
			"a/0 b/0 null/0", 0,
		},
		"Quirk101 a bare list":             {`[` + web + `]`, "f0ae18b6/0", 0},
		"Quirk101 no list at all":          {`{"note":"nothing"}`, "", 1},
		"Quirk101 rows that are no object": {`["text",7,null]`, "null/0 null/1 null/2", 0},
		"Quirk101 an id that is no text":   {`[{"resource_id":7},{"resource_id":{"a":1}}]`, "null/0 null/1", 0},
		"rows of one id": {
			sourcestest.ListOf(`{"resource_id":"a","x":2}`, `{"resource_id":"a","x":1}`),
			"a/0 a/1", 0,
		},
		"none": {sourcestest.ListOf(), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			made, upstream := sourcestest.New(t, map[string]string{"/InstanceData/ECS": test.answer}, nil)
			held := made.Instances.Tenant.One(t.Context(), "", model.TenantInstanceTypeEcs, 0)
			if held.Err != nil {
				t.Fatal(held.Err)
			}
			var rows []string
			for _, row := range held.Held.Value.All {
				rows = append(rows, sourcestest.Shown(row.ResourceID)+"/"+sourcestest.Shown(&row.Position))
			}
			if got := strings.Join(rows, " "); got != test.want || upstream.Count("list") != test.counted {
				t.Errorf("rows %q, want %q; counted %d", got, test.want, upstream.Count("list"))
			}
			t.Run("Quirk063 is asked without pages", func(t *testing.T) {
				if got := upstream.Asked(); len(got) != 1 || strings.Contains(got[0], "?") {
					t.Errorf("asked %v", got)
				}
			})
		})
	}
	made, _ := sourcestest.New(t, map[string]string{"/InstanceData/ECS": sourcestest.ListOf(web)}, nil)
	held := made.Instances.Tenant.One(t.Context(), "", model.TenantInstanceTypeEcs, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	if row := held.Held.Value.All[0]; string(row.Raw) != web || sourcestest.Shown(row.RegionCode) != "cn-north-7" {
		t.Errorf("row %s in %s", row.Raw, sourcestest.Shown(row.RegionCode))
	}
}
