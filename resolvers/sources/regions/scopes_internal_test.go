package regions

import (
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// L-13: what is remembered of ten thousand tenants beside their data is bounded, too.
func TestTenThousandTenantsRemembered_L13(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }
	r, err := New(dataset.Config{Now: now, Commands: registry.New(nil, "", now)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10_000 {
		scope, code := fmt.Sprint("tenant ", i), fmt.Sprint("cn-north-", i)
		r.Learn(scope, []string{code})
		if !r.due(scope) || !r.Known(scope, code) {
			t.Fatalf("tenant %d: nothing is known of it", i)
		}
	}
	if held := r.learned.Len(); held != dataset.MostScopes {
		t.Errorf("%d tenants are remembered, want %d", held, dataset.MostScopes)
	}
	if len(r.models) > mostLearned {
		t.Errorf("%d regions are remembered", len(r.models))
	}
	many := make([]string, 2*mostLearned)
	for i := range many {
		many[i] = fmt.Sprint("cn-", i)
	}
	r.Learn("one", many)
	if got := len(r.Codes("one")); got != mostLearned {
		t.Errorf("%d regions of one tenant, want %d at most", got, mostLearned)
	}
}
