package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	longestBody = 4 << 20
	nearLimit   = longestBody - 32<<10
)

// long counts how many near-limit answers are decoded at once.
type long struct{ size int }

var decoding, mostDecoding atomic.Int64

func (l *long) UnmarshalJSON(data []byte) error {
	now := decoding.Add(1)
	defer decoding.Add(-1)
	for most := mostDecoding.Load(); now > most && !mostDecoding.CompareAndSwap(most, now); {
		most = mostDecoding.Load()
	}
	l.size = len(data)
	return nil
}

// large answers with a body a little below the limit, in small pieces and without a length.
func large(w http.ResponseWriter, _ *http.Request) {
	piece := []byte(strings.Repeat("1234567,", 4<<10))
	_, _ = w.Write([]byte("["))
	for sent := 0; sent+len(piece) < nearLimit; sent += len(piece) {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte("0]"))
}

// heapDuring is the most that the heap holds while work runs, above what it held before.
func heapDuring(work func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	before, most := sample[0].Value.Uint64(), uint64(0)
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	work()
	close(done)
	watch.Wait()
	return max(most, before) - before
}

// Answers just below the limit, at once and by two clients: what is in memory stays within a few times the room, and
// all are answered, since a body that waits holds nothing.
func TestFound_D3_ManyLargeAnswersAtOnce(t *testing.T) {
	endpoint := rest.Endpoint[long]{Spec: rest.Spec{
		System: "esm", Operation: "readLong", Method: "GET", Path: "/long", Reads: true,
	}}
	u := serve(t, large)
	room := rest.NewRoom(4 * longestBody) // two are read at once
	within := func(cfg *rest.ClientConfig) {
		cfg.Room, cfg.MaxBytes, cfg.Timeout, cfg.Retries = room, longestBody, 5*time.Second, -1
	}
	clients := []*rest.Client{connect(t, u.URL, within), connect(t, u.URL, within)}
	mostDecoding.Store(0)
	const calls = 48
	held := heapDuring(func() {
		var all sync.WaitGroup
		for i := range calls {
			all.Go(func() {
				answer, err := rest.Call(t.Context(), clients[i%2], endpoint, rest.Request{})
				if err != nil || answer.Body.size < nearLimit-32<<10 || answer.Bytes != int64(answer.Body.size) {
					t.Errorf("%d bytes, %v", answer.Body.size, err)
				}
			})
		}
		all.Wait()
	})
	t.Logf("heap: %d MiB more than before for %d MiB of answers", held>>20, calls*longestBody>>20)
	if most := mostDecoding.Load(); most > 2 {
		t.Errorf("%d were decoded at once, there is room for 2", most)
	}
	if held > calls*longestBody/2 { // garbage included
		t.Errorf("heap grew by %d MiB", held>>20)
	}
}

// The time that a body waits for room does not count against its attempt; a caller who can't wait is refused.
func TestFound_D3_WaitingForRoom(t *testing.T) {
	begun, answer := make(chan struct{}, 2), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(answer) })
	defer goOn() // else the server never ends
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			w.Header().Set("Content-Length", "400000")
			_, _ = w.Write([]byte(`{"name":"` + strings.Repeat("a", 300_000)))
			_ = http.NewResponseController(w).Flush()
			begun <- struct{}{}
			<-answer
			_, _ = w.Write([]byte(strings.Repeat("a", 400_000-300_000-len(`{"name":"`)-2) + `"}`))
			return
		}
		_, _ = w.Write([]byte(`{"name":"` + strings.Repeat("b", 300_000) + `"}`))
	})
	within := func(cfg *rest.ClientConfig) { cfg.Room, cfg.MaxBytes, cfg.Retries = rest.NewRoom(1<<20), 1<<20, -1 }
	slow := read
	slow.Path = "/slow"
	c := connect(t, u.URL, within, func(cfg *rest.ClientConfig) { cfg.Timeout = 5 * time.Second })
	first := make(chan error, 1)
	go func() {
		_, err := rest.Call(t.Context(), c, slow, rest.Request{})
		first <- err
	}()
	<-begun
	small := read
	small.MaxBytes = 1 << 10
	var refused error
	testkit.Eventually(t, "the slow body takes no room", func() bool { // it does when its head has been read
		impatient, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		refused = get(impatient, c)
		return refused != nil
	})
	found := failure(t, refused)
	if found.Kind != rest.Overloaded || !found.Retryable || found.MayHaveRun {
		t.Errorf("a caller who can't wait: %+v", found)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if kind := rest.KindOf(get(left, c)); kind != rest.Canceled {
		t.Errorf("a caller who leaves: %v", kind)
	}
	second, before := make(chan error, 1), u.requests.Load()
	go func() { second <- get(t.Context(), c) }()
	testkit.Eventually(t, "the second is not asked for", func() bool { return u.requests.Load() > before })
	goOn()
	for _, outcome := range []chan error{first, second} {
		if err := <-outcome; err != nil {
			t.Errorf("once there is room: %v", err)
		}
	}
	if got := c.Circuit("readThing"); got != "closed" {
		t.Errorf("circuit is %s", got)
	}
}

// What one reading keeps is bounded: it can't fill the room of all, and gives back what it had.
func TestFound_D3_WhatAReadingKeeps(t *testing.T) {
	const body = 300 << 10
	u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"name":"` + strings.Repeat("a", body) + `"}`))
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Room, cfg.MaxBytes = rest.NewRoom(2<<20), 1<<20 })
	kinds := func(ctx context.Context, calls int) map[rest.Kind]int {
		seen := map[rest.Kind]int{}
		for range calls {
			seen[rest.KindOf(get(ctx, c))]++
		}
		return seen
	}
	one, release := rest.Hold(t.Context())
	if got := kinds(one, 5); got[rest.None] != 3 || got[rest.TooLarge] != 2 {
		t.Errorf("one reading alone: %v", got)
	}
	another, releaseOther := rest.Hold(t.Context())
	defer releaseOther()
	if got := kinds(another, 1); got[rest.Overloaded] != 1 {
		t.Errorf("another beside it: %v", got)
	}
	if got := kinds(t.Context(), 5); got[rest.None] != 5 {
		t.Errorf("calls that keep nothing: %v", got)
	}
	release()
	if got := kinds(another, 3); got[rest.None] != 3 {
		t.Errorf("after it: %v", got)
	}
}

// The pages of a list that is collected count, those that a caller walks by itself do not.
func TestFound_D3_PagesOfAList(t *testing.T) {
	row, err := json.Marshal(map[string]any{"name": strings.Repeat("a", 300<<10)})
	if err != nil {
		t.Fatal(err)
	}
	u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"total":9,"list":[` + string(row) + `]}`))
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Room, cfg.MaxBytes = rest.NewRoom(2<<20), 1<<20 })
	list := rest.Endpoint[rest.Page[thing]](read)
	pages := rest.PageRequest[thing]{Size: 1, MaxPages: 9}
	if _, err := rest.All(t.Context(), c, list, pages); rest.KindOf(err) != rest.TooLarge {
		t.Errorf("nine pages of a third of the room: %v", err)
	}
	held, release := rest.Hold(t.Context())
	defer release()
	if _, err := rest.All(held, c, list, pages); rest.KindOf(err) != rest.TooLarge {
		t.Errorf("in a reading of more: %v", err)
	}
	pages.MaxPages = 3
	if _, err := rest.All(held, c, list, pages); err != nil {
		t.Errorf("a list after one that failed: %v", err)
	}
	pages.MaxPages = 9
	walked := 0
	for _, err := range rest.Pages(t.Context(), c, list, pages) {
		if walked++; err != nil {
			t.Errorf("page %d: %v", walked, err)
		}
	}
	if walked != 9 {
		t.Errorf("%d pages", walked)
	}
}
