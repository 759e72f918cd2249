package regions_test

import (
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/regions"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// TestFound_A3_ReplicasShareNames: what one replica has learned counts on all, for the tenant whose answer it was.
func TestFound_A3_ReplicasShareNames(t *testing.T) {
	connection, err := redis.Open(t.Context(), "redis://"+redistest.Start(t).Addr, redis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	replica := func() *regions.Source {
		r, err := regions.New(dataset.Config{
			Now: func() time.Time { return now }, Commands: registry.New(connection, "test", nil),
		}.WithDefaults())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first, second := replica(), replica()
	first.LearnNames("one", []dataset.RegionLabel{
		{Name: "华南-广州8", Code: "cn-south-8"}, {Name: "Twin", Code: "cn-east-1"}, {Name: "Twin", Code: "cn-east-2"},
	})
	first.Learn("one", []string{"cn-south-8", "华南-广州8"})
	first.Sync(t.Context(), "one")
	second.LearnNames("one", []dataset.RegionLabel{{Name: "Twin", Code: "cn-east-1"}})
	second.Sync(t.Context(), "one")
	second.Sync(t.Context(), "two")
	for _, test := range []struct{ scope, text, want string }{
		{"one", "华南-广州8", "cn-south-8"}, {"one", "Twin", ""}, {"two", "华南-广州8", ""},
	} {
		got := dataset.Text(second.Names(test.scope).Code(loose.NewText(test.text)))
		if got != test.want {
			t.Errorf("%s of tenant %s leads to %q, want %q", test.text, test.scope, got, test.want)
		}
	}
	if codes := second.Codes("one"); !slices.Equal(codes, []string{"cn-south-8"}) {
		t.Errorf("regions %v: names are no codes", codes)
	}
}
