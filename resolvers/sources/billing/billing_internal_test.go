package billing

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// quiet is a configuration that counts what conversions could not read.
func quiet(unknown, unreadable *[]string) dataset.Config {
	return dataset.Config{
		Unknown:    func(enum string) { *unknown = append(*unknown, enum) },
		Unreadable: func(operation, field string) { *unreadable = append(*unreadable, operation+" "+field) },
	}.WithDefaults()
}

func resource(t *testing.T, wire string) bss.Resource {
	t.Helper()
	var record bss.Resource
	if err := json.Unmarshal([]byte(wire), &record); err != nil {
		t.Fatal(err)
	}
	return record
}

func TestConvertPayPerUse(t *testing.T) {
	tests := []struct {
		name, wire          string
		want                func(*model.PayPerUseResource) any
		is                  any
		unknown, unreadable []string
	}{
		{
			"Quirk104 nothing is promised", `{}`,
			func(r *model.PayPerUseResource) any {
				return r.Status == nil && r.StatusText == nil && r.ResourceID == nil && r.SpecSize == nil
			},
			true, nil, nil,
		},
		{
			"Quirk104 any number of a state", `{"status":7}`,
			func(r *model.PayPerUseResource) any { return r.Status == nil && *r.StatusText == "7" },
			true,
			[]string{"PayPerUseStatus"},
			nil,
		},
		{
			"a state", `{"status":"3"}`,
			func(r *model.PayPerUseResource) any { return *r.Status }, model.PayPerUseStatusFrozen, nil, nil,
		},
		{
			"Quirk074 the size is in the text, whatever the description says",
			`{"resource_info":"{\"specSize\":2235.0}","product_spec_desc":"High IO|40.0GB"}`,
			func(r *model.PayPerUseResource) any {
				return r.SpecSize.String() + " " + *r.ResourceInfo + " " + *r.SpecDescription
			},
			`2235 {"specSize":2235.0} High IO|40.0GB`, nil, nil,
		},
		{
			"Quirk074 a text that is no JSON", `{"resource_info":"40GB"}`,
			func(r *model.PayPerUseResource) any { return r.SpecSize == nil && *r.ResourceInfo == "40GB" },
			true, nil,
			[]string{Operation + " resource_info"},
		},
		{
			"Quirk099 ids are texts", `{"resource_id":"batch-volume-16380-00024604"}`,
			func(r *model.PayPerUseResource) any { return *r.ResourceID }, "batch-volume-16380-00024604", nil, nil,
		},
		{
			"Quirk105 the period is passed through",
			`{"effective_time":"2020-04-02T08:56:26Z","expire_time":"2099-12-31T23:59:59Z"}`,
			func(r *model.PayPerUseResource) any {
				return r.EffectiveAt.Format("2006-01-02 15:04:05") + r.ExpiresAt.Format(" 2006")
			},
			"2020-04-02 08:56:26 2099", nil, nil,
		},
		{
			"a service without instances", `{"service_type_code":"hws.service.type.cdn"}`,
			func(r *model.PayPerUseResource) any { return *r.ServiceTypeCode }, "hws.service.type.cdn",
			[]string{"InstanceType"},
			nil,
		},
		{
			"the customer is the one that was asked", `{"customer_id":"other"}`,
			func(r *model.PayPerUseResource) any { return r.CustomerID }, "customer", nil, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var unknown, unreadable []string
			got := convertPayPerUse(quiet(&unknown, &unreadable), "customer", resource(t, test.wire))
			if diff := cmp.Diff(test.is, test.want(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !slices.Equal(unknown, test.unknown) || !slices.Equal(unreadable, test.unreadable) {
				t.Errorf("unknown %v, unreadable %v", unknown, unreadable)
			}
		})
	}
}

// TestQuirk108RowsMayRepeat: each resource counts once, in the order of ids; those without one come last and are
// distinguished by content.
func TestQuirk108RowsMayRepeat(t *testing.T) {
	var unknown, unreadable []string
	kept := rows{}
	for _, wire := range []string{
		`{"resource_name":"b"}`, `{"resource_id":"r-2"}`, `{"resource_id":"r-1"}`, `{"resource_id":"r-2","status":1}`,
		`{"resource_name":"a"}`, `{"resource_name":"b"}`,
	} {
		kept.Records = append(kept.Records, resource(t, wire))
	}
	list := build(quiet(&unknown, &unreadable), "c", kept)
	var got []string
	for _, r := range list.All {
		got = append(got, dataset.Text(r.ResourceID)+dataset.Text(r.Name))
		if list.ByID(r.ID) != r {
			t.Errorf("%s is not found by its id", r.ID)
		}
	}
	slices.Sort(got[2:])
	if diff := cmp.Diff([]string{"r-1", "r-2", "a", "b"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPayPerUseInstanceType(t *testing.T) {
	for codes, want := range map[string]model.InstanceType{
		"hws.service.type.ec2": model.InstanceTypeEcs, "HWS.service.type.EBS": model.InstanceTypeEvs,
		"hws.service.type.obs": model.InstanceTypeObs, "hws.service.type.elb": model.InstanceTypeElb,
		"hws.service.type.gaussdb": model.InstanceTypeGauss, "hws.service.type.eip": model.InstanceTypeEip,
		"hws.service.type.modelarts hws.resource.type.modelarts.inf":   model.InstanceTypeModelArtsInf,
		"hws.service.type.modelarts hws.resource.type.modelarts.train": model.InstanceTypeModelArtsTrain,
		"hws.service.type.modelarts hws.resource.type.modelarts.else":  "",
		"hws.service.type.ecs_vm":                                      "",
		"hws.service.type.":                                            "",
		"ec2":                                                          "",
	} {
		service, resource, _ := strings.Cut(codes, " ")
		got, ok := InstanceType(&model.PayPerUseResource{ServiceTypeCode: &service, ResourceTypeCode: &resource})
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s is %q, %v, want %q", codes, got, ok, want)
		}
	}
}

// TestPayPerUseResults: a batch with unreadable rows does not prove that a resource does not exist.
func TestPayPerUseResults(t *testing.T) {
	found := resource(t, `{"resource_id":"a"}`)
	whole := resultsOf("c", []string{"a", "b"}, rest.List[bss.Resource]{Rows: []bss.Resource{found}}, nil)
	if _, known := whole[Key{"c", "b"}]; known || whole[Key{"c", "a"}].Err != nil {
		t.Errorf("a whole answer: %+v", whole)
	}
	broken := resultsOf("c", []string{"a", "b"},
		rest.List[bss.Resource]{Rows: []bss.Resource{found}, Bad: make([]rest.BadRow, 1)}, nil)
	if rest.KindOf(broken[Key{"c", "b"}].Err) != rest.BadResponse || broken[Key{"c", "a"}].Err != nil {
		t.Errorf("an answer with unreadable rows: %+v", broken)
	}
	failed := resultsOf("c", []string{"a", "b"}, rest.List[bss.Resource]{}, errors.New("down"))
	if len(failed) != 2 || failed[Key{"c", "a"}].Err == nil {
		t.Errorf("a failed call: %+v", failed)
	}
}

// TestPayPerUseQueriesDiffer: every part of a query is part of its key.
func TestPayPerUseQueriesDiffer(t *testing.T) {
	queries := []Query{
		{},
		{CustomerID: "a b"},
		{CustomerID: "a", Region: "b"},
		{ServiceTypeCode: "a"},
		{Partner: "a"},
		{Status: 1},
		{EffectiveFrom: 1},
		{EffectiveTo: 1},
		{IDs: `["a"]`},
		{IDs: `["a","b"]`},
	}
	seen := map[string]bool{}
	for _, q := range queries {
		if seen[q.text()] {
			t.Errorf("%+v has the key of another question", q)
		}
		seen[q.text()] = true
	}
	f := model.PayPerUseResourceFilter{ResourceIds: []string{"b", "a", "b"}}
	if q, err := NewQuery("c", &f); err != nil || q.IDs != `["a","b"]` || f.ResourceIds[0] != "b" {
		t.Errorf("ids %s, %v, filter %v", q.IDs, err, f.ResourceIds)
	}
}

// TestFound_A8_MissingIsNotAbsent: where a list by ids may lack rows, a resource that is not in it is unknown and not
// absent.
func TestFound_A8_MissingIsNotAbsent(t *testing.T) {
	here := resource(t, `{"resource_id":"here"}`)
	for name, test := range map[string]struct {
		list  rest.List[bss.Resource]
		fails bool
	}{
		"complete":         {rest.List[bss.Resource]{}, false},
		"the page again":   {rest.List[bss.Resource]{Truncated: true, Repeats: true}, true},
		"rows without ids": {rest.List[bss.Resource]{Bad: make([]rest.BadRow, 1)}, true},
		"a code beside it": {rest.List[bss.Resource]{Code: "500"}, true},
	} {
		test.list.Rows = []bss.Resource{here}
		results := resultsOf("c", []string{"here", "gone"}, test.list, nil)
		if got := results[Key{"c", "gone"}]; (got.Err != nil) != test.fails {
			t.Errorf("%s: error %v for the missing one", name, got.Err)
		}
		if got := results[Key{"c", "here"}]; got.Err != nil {
			t.Errorf("%s: error %v for the one that is there", name, got.Err)
		}
	}
}
