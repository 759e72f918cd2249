package model_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestInstanceTypesAreServiceTypes(t *testing.T) {
	metered := map[model.CloudServiceType]bool{}
	for _, of := range model.AllInstanceType {
		service := of.CloudServiceType()
		if !service.IsValid() {
			t.Errorf("%s has no service type: %s", of, service)
		}
		if back, ok := service.InstanceType(); !ok || back != of {
			t.Errorf("%s became %s and then %s", of, service, back)
		}
		metered[service] = true
	}
	for _, service := range model.AllCloudServiceType {
		if _, ok := service.InstanceType(); ok != metered[service] {
			t.Errorf("%s is metered: %v, want %v", service, ok, metered[service])
		}
	}
}

func TestClusterOccupancy(t *testing.T) {
	number := func(n int) *int { return &n }
	tests := []struct {
		name            string
		count, capacity *int
		want            *float64
	}{
		{"both", number(164), number(8000), func() *float64 { f := 0.0205; return &f }()},
		{"no count", nil, number(30000), nil},
		{"no capacity", number(40), nil, nil},
		{"capacity of zero", number(0), number(0), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := model.NewClusterOccupancy(test.count, test.capacity).Usage
			if (got == nil) != (test.want == nil) || (got != nil && *got != *test.want) {
				t.Errorf("usage = %v, want %v", got, test.want)
			}
		})
	}
}
