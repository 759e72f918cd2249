package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestUpstreamOperations(t *testing.T) {
	upstream := &model.Upstream{All: []*model.UpstreamOperation{
		{System: model.UpstreamSystemEsm, Name: "listHostDetails"},
		{System: model.UpstreamSystemEsm, Name: "listHostVms"},
		{System: model.UpstreamSystemIam, Name: "createToken"},
	}}
	tests := []struct {
		name    string
		systems []model.UpstreamSystem
		names   []string
		want    []string
	}{
		{"all", nil, nil, []string{"listHostDetails", "listHostVms", "createToken"}},
		{"system", []model.UpstreamSystem{model.UpstreamSystemIam}, nil, []string{"createToken"}},
		{"name", nil, []string{"listHostVms", "unknown"}, []string{"listHostVms"}},
		{"both", []model.UpstreamSystem{model.UpstreamSystemIam}, []string{"listHostVms"}, []string{}},
		{"none", nil, []string{}, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := []string{}
			for _, operation := range upstream.Operations(test.systems, test.names) {
				got = append(got, operation.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
		})
	}
}
