// Package stand has the servers around the one that is measured: the upstream, whose answers are made once and then
// handed out again so that its own work disturbs nothing, and net/http handing out bytes.
package stand

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// Upstream is the simulator with a memory. A call that differs from an earlier one in its times alone gets the earlier
// answer: so all gateways of a run read the same rows, whenever they ask.
type Upstream struct {
	sim    *simulator.Simulator
	replay bool

	mu    sync.Mutex
	held  map[string]*kept
	delay time.Duration
	calls []Call
}

// Call is one call that arrived.
type Call struct {
	Path       string
	Began, End time.Time
}

// kept is one answer that is handed out again; made is closed when it is there.
type kept struct {
	made   chan struct{}
	status int
	header http.Header
	body   []byte
}

// NewUpstream makes an upstream with so many hosts. Without replay every answer is the simulator's present one.
func NewUpstream(hosts int, replay bool) (*Upstream, error) {
	sim, err := simulator.New(simulator.Config{
		Hosts: hosts, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff,
	})
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	return &Upstream{sim: sim, replay: replay, held: map[string]*kept{}}, nil
}

// Paths that steer an upstream.
const (
	// DelayPath takes a PUT with the time that each answer takes, as Go writes it.
	DelayPath = "/_bench/delay"
	// CallsPath lists the calls since the last DELETE.
	CallsPath = "/_bench/calls"
	// RegionsPath lists the regions of the site, as the gateway's environment wants them.
	RegionsPath = "/_bench/regions"
)

// ServeHTTP answers a call of any system, or one that steers.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "PUT " + DelayPath:
		u.setDelay(w, r)
	case "GET " + CallsPath:
		u.mu.Lock()
		defer u.mu.Unlock()
		_ = json.NewEncoder(w).Encode(u.calls) // the reader is ours
	case "DELETE " + CallsPath:
		u.mu.Lock()
		defer u.mu.Unlock()
		u.calls = nil
	case "GET " + RegionsPath:
		for i, region := range u.sim.Regions() {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			_, _ = fmt.Fprintf(w, "%s=%s=%s", region.Code, region.Name, region.NameEn)
		}
	default:
		u.answer(w, r)
	}
}

func (u *Upstream) setDelay(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 100))
	delay, wrong := time.ParseDuration(string(text))
	if err = errors.Join(err, wrong); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.delay = delay
}

// answer hands out what is held, or what the simulator says.
func (u *Upstream) answer(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	u.mu.Lock()
	delay := u.delay
	u.mu.Unlock()
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	}
	if u.replay {
		u.again(w, r)
	} else {
		u.sim.ServeHTTP(w, r)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls = append(u.calls, Call{Path: r.URL.Path, Began: began, End: time.Now()})
}

// again answers from memory, and asks the simulator once for what is not there.
func (u *Upstream) again(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller has gone
	}
	key := keyOf(r.Method+" "+r.URL.RequestURI(), body)
	u.mu.Lock()
	k, held := u.held[key]
	if !held {
		k = &kept{made: make(chan struct{}), header: http.Header{}}
		u.held[key] = k
	}
	u.mu.Unlock()
	if held {
		<-k.made
	} else {
		r.Body = io.NopCloser(bytes.NewReader(body))
		u.sim.ServeHTTP(k, r)
		k.header.Del("Date") // each answer gets its own
		if k.status != http.StatusOK && k.status != http.StatusCreated {
			u.mu.Lock()
			delete(u.held, key)
			u.mu.Unlock()
		}
		close(k.made)
	}
	maps.Copy(w.Header(), k.header)
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body) // a caller that has gone needs no answer
}

// Header, WriteHeader and Write record what the simulator answers.
func (k *kept) Header() http.Header { return k.header }

// WriteHeader keeps the status.
func (k *kept) WriteHeader(status int) { k.status = status }

// Write keeps the body.
func (k *kept) Write(part []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	k.body = append(k.body, part...)
	return len(part), nil
}

// times are the spellings of times in calls: milliseconds and seconds since 1970, fourteen digits, and ISO 8601.
var times = regexp.MustCompile(`\b\d{10,17}\b|\d{4}-\d\d-\d\d[T+ ]\d\d(:|%3A)\d\d(:|%3A)\d\d`)

// keyOf is a call without its times.
func keyOf(call string, body []byte) string {
	return times.ReplaceAllString(call, "#") + "\n" + string(times.ReplaceAll(body, []byte("#")))
}
