package load

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestSameAnswers_L21 sends queries made from the schema to one gateway that keeps everything, to three in turn that
// share a Redis, and some of them to new gateways: all answer alike.
func TestSameAnswers_L21(t *testing.T) {
	t.Parallel()
	const (
		queries   = 300
		coldEvery = 25
	)
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 8, Regions: 2, Quota: "off"})
	maker := kit.NewQueryMaker(t, rand.New(rand.NewPCG(21, 21)), kit.KnownIDs(t, w))
	environ := []string{"OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000"}
	one := w.StartGateway(t, "", environ...)
	three := make([]*kit.Replica, 3)
	shared := append(kit.WithRedis(redistest.Start(t)), environ...)
	for i := range three {
		three[i] = w.StartGateway(t, "", shared...)
	}
	refused := 0
	for i := range queries {
		document, variables := maker.Query()
		want := one.Ask(t, document, variables, nil)
		if len(want.Body.Data) == 0 {
			refused++
		}
		others := map[string]*kit.Reply{"three replicas": three[i%3].Ask(t, document, variables, nil)}
		if i%coldEvery == 0 {
			cold := w.StartGateway(t, "", environ...)
			others["nothing kept"] = cold.Ask(t, document, variables, nil)
			cold.Close()
		}
		for name, got := range others {
			if diff := cmp.Diff(sameOf(t, want), sameOf(t, got)); diff != "" || got.Status != want.Status {
				t.Errorf("query %d, %s: %d and %d (-one +other):\n%s\n%s\n%s", i, name, want.Status, got.Status, diff, document,
					variables)
			}
		}
		if t.Failed() {
			return
		}
	}
	if refused > queries/3 {
		t.Errorf("%d of %d queries were refused: that proves little", refused, queries)
	}
}

// sameOf is what every gateway must answer alike: the data, and the place and code of each error.
func sameOf(t *testing.T, r *kit.Reply) (what struct {
	Data   any
	Errors []string
},
) {
	t.Helper()
	if len(r.Body.Data) > 0 {
		if err := json.Unmarshal(r.Body.Data, &what.Data); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range r.Body.Errors {
		text, err := json.Marshal([]any{one.Path, one.Message, one.Extensions["code"]})
		if err != nil {
			t.Fatal(err)
		}
		what.Errors = append(what.Errors, string(text))
	}
	slices.Sort(what.Errors) // fields fail in any order
	return what
}

// TestRetriesOfAClient_L12 has a client repeat each failed query at once, five times, in an outage: hardly more calls
// go upstream than for a client that does not.
func TestRetriesOfAClient_L12(t *testing.T) {
	t.Parallel()
	calls := [2]int{}
	var both sync.WaitGroup
	for i, asks := range []int{1, 6} {
		both.Go(func() {
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2, Quota: "off"})
			r := w.StartGateway(t, "", kit.Unlimited()...)
			w.Steer(t, http.MethodPut, "faults", []map[string]any{{"kind": "status", "status": 500}})
			for range 120 { // ten minutes
				for range asks {
					if answer := r.Ask(t, kit.WantAlarms, "", nil); answer.Code() != "UPSTREAM_UNAVAILABLE" {
						t.Errorf("answered %s", kit.Summary(answer))
					}
				}
				w.Clock.Advance(5 * time.Second)
			}
			calls[i] = w.MinuteCalls()
		})
	}
	both.Wait()
	t.Logf("%d calls for a patient client, %d for one that asks six times as often", calls[0], calls[1])
	if most := calls[0] + calls[0]/10 + 2; calls[0] < 20 || calls[1] > most {
		t.Errorf("%d calls, at most %d are right", calls[1], most)
	}
}
