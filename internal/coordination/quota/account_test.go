package quota_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// accounts is a group of which nothing comes back while a test runs.
var accounts = quota.Group{Name: "g", Limit: 6, Window: 10 * time.Minute}

// soon takes n tokens, each of which must be there without a wait for another one to come back, and reports how many
// were.
func soon(t *testing.T, q *quota.Quota, n int) (got int) {
	t.Helper()
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
		_, _, err := q.Take(ctx, "g", quota.LanePerson)
		cancel()
		_, refused := errors.AsType[*quota.RefusedError](err)
		switch {
		case err == nil:
			got++
		case !refused || errors.Is(err, context.DeadlineExceeded):
			t.Fatalf("Take: %v", err)
		}
	}
	return got
}

// ofAccount are the options of a replica that no stall of this machine makes a silent one.
func ofAccount(account string) quota.Options {
	return quota.Options{Account: account, Timeout: time.Second, Heartbeat: time.Minute}
}

// wantUsed looks into the book of an account.
func wantUsed(t *testing.T, s *server, account string, used int) {
	t.Helper()
	options := ofAccount(account)
	options.Redis, options.Replica = redis.Over(s.client(t)), "witness"
	witness := open(t, options, accounts)
	settled(t, witness)
	if got := accounts.Limit - witness.State(t.Context(), "g").Left; got != used {
		t.Errorf("account %q has used %d, want %d", account, got, used)
	}
	witness.Close()
}

// TestSetAccount changes the account of one replica, then of the other. Calls count for the account of their time, and
// what a replica has spent within the window for its new one, too, so that neither account exceeds its limit.
func TestSetAccount(t *testing.T) {
	t.Parallel()
	s, events := startRedis(t), make(chan quota.Event, 1000)
	options := ofAccount("one")
	options.OnEvent = func(e quota.Event) { events <- e }
	all := replicas(t, s, 2, accounts, options)
	settled(t, all...)
	if got := soon(t, all[0], 2) + soon(t, all[1], 1); got != 3 {
		t.Fatalf("%d tokens of the first account, want 3", got)
	}
	all[0].SetAccount("two")
	if got := soon(t, all[0], 6); got != 4 {
		t.Errorf("%d tokens of the second account, want 4 beside the 2 of before", got)
	}
	wantUsed(t, s, "one", 3)
	if got := soon(t, all[1], 6); got != 3 {
		t.Errorf("%d tokens of the first account by who has stayed, want 3", got)
	}
	wantUsed(t, s, "one", 6)
	wantUsed(t, s, "two", 6)
	all[1].SetAccount("two")
	if got := soon(t, all[1], 2) + soon(t, all[0], 2); got != 0 {
		t.Errorf("%d tokens beyond the limit of the second account", got)
	}
	wantUsed(t, s, "one", 6)
	close(events)
	for e := range events {
		if e.Kind != quota.EventRefused {
			t.Errorf("a change of the account is told as %s", e.Kind)
		}
	}
}

// TestSetAccount_waiting changes the account while a call waits for the other one's tokens: it gets one of the new
// account, at once.
func TestSetAccount_waiting(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	all := replicas(t, s, 2, accounts, ofAccount("one"))
	settled(t, all...)
	if got := soon(t, all[1], 6); got != 6 {
		t.Fatalf("%d tokens, want 6", got)
	}
	took := make(chan error, 1)
	go func() {
		_, _, err := all[0].Take(t.Context(), "g", quota.LanePerson)
		took <- err
	}()
	testkit.Eventually(t, "nobody waits", func() bool { return all[0].Known("g").Waiting > 0 })
	all[0].SetAccount("two")
	select {
	case err := <-took:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(testkit.Patience):
		t.Error("it waits for the first account's tokens")
	}
	wantUsed(t, s, "two", 1)
	wantUsed(t, s, "one", 6)
}

// TestSetAccount_windows has two replicas take all that they can get while one and then the other changes its account:
// no window of either account has more than its limit. A call under way at the change counts for neither here. It runs
// by itself: beside it the tests of fair shares have too little of the machine.
func TestSetAccount_windows(t *testing.T) {
	group := quota.Group{Name: "g", Limit: 40, Window: time.Second, Headroom: 0.1}
	logs := []*record{newRecord(), newRecord()}
	all := replicas(t, startRedis(t), 2, group, ofAccount("one"), logs[0], logs[1])
	settled(t, all...)
	ctx, cancel := context.WithCancel(t.Context())
	ended := []func(){logs[0].watch(ctx), logs[1].watch(ctx)}
	var accountOf [2]atomic.Int32
	var work sync.WaitGroup
	for who, q := range all {
		for range 8 {
			work.Go(func() {
				for {
					before := accountOf[who].Load()
					_, _, err := q.Take(ctx, "g", quota.LanePerson)
					if ctx.Err() != nil {
						return
					}
					if err != nil {
						t.Errorf("Take: %v", err)
						return
					}
					if accountOf[who].Load() == before {
						logs[before].add(who)
					}
				}
			})
		}
	}
	for who, at := range []time.Duration{900 * time.Millisecond, 1500 * time.Millisecond} {
		logs[0].until(at)
		all[who].SetAccount("two")
		accountOf[who].Store(1)
	}
	logs[0].until(3200 * time.Millisecond)
	cancel()
	work.Wait()
	for account, log := range logs {
		ended[account]()
		log.within(t, group)
		if len(log.times) == 0 {
			t.Errorf("account %d had no call", account)
		}
	}
}
