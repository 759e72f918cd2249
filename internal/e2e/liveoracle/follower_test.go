package liveoracle

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// event is an event as the documents of these tests ask for it.
type event struct {
	EventID    string
	Kind       string
	Alarm      *struct{ Csn, SeverityText string }
	RegionCode string
	Capacity   []struct{ Allocated *float64 }
	Status     string
	Progress   *int
}

// follower is one subscription that is kept over cuts: an event stream or a WebSocket, on either replica.
type follower struct {
	t        *testing.T
	name     string
	field    string // of the subscription, with its arguments in braces: "alarmChanges(%s)"
	fields   string
	socket   bool
	replicas []*kit.Replica

	cut func() // ends the present connection and waits for its reader

	mu       sync.Mutex
	events   []event
	taken    int // of events: how many the oracle has seen
	complete bool
	failed   string
}

// document is the subscription, which goes on after an event.
func (f *follower) document(startAfter string) string {
	arguments := ""
	if startAfter != "" {
		arguments = fmt.Sprintf("startAfter: %q", startAfter)
	}
	return fmt.Sprintf("subscription { %s { eventId kind %s } }", f.with(arguments), f.fields)
}

// with is the field with one more argument.
func (f *follower) with(argument string) string {
	name, given, _ := strings.Cut(f.field, "(")
	given = strings.TrimSuffix(given, ")")
	arguments := strings.Trim(given+", "+argument, ", ")
	if arguments == "" {
		return name
	}
	return name + "(" + arguments + ")"
}

// connect begins or goes on, on a replica.
func (f *follower) connect(replica int) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	f.mu.Lock()
	place := ""
	if len(f.events) > 0 {
		place = f.events[len(f.events)-1].EventID
	}
	f.complete = false
	f.mu.Unlock()
	var reading sync.WaitGroup
	r := f.replicas[replica]
	if f.socket {
		s := kit.OpenSocket(f.t, r.Server.URL+"/graphql", "")
		s.Subscribe("a", f.document(place))
		reading.Go(func() { f.readSocket(ctx, s.Conn) })
	} else {
		response := f.open(ctx, r, place)
		reading.Go(func() {
			defer response.Body.Close()
			f.readStream(bufio.NewReader(response.Body))
		})
	}
	f.cut = func() { cancel(); reading.Wait() }
	f.t.Cleanup(f.cut)
}

// open asks for an event stream by GET; what it goes on after is in the header, as browsers do it.
func (f *follower) open(ctx context.Context, r *kit.Replica, place string) *http.Response {
	f.t.Helper()
	target := r.Server.URL + "/graphql?" + url.Values{"query": {f.document("")}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if place != "" {
		request.Header.Set("Last-Event-ID", place)
	}
	response, err := r.Client.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		f.t.Fatalf("%s: %v %v", f.name, response, err)
	}
	return response
}

func (f *follower) readStream(lines *bufio.Reader) {
	kind := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case name == "event":
			if kind = value; kind == "complete" {
				f.end()
			}
		case name == "data" && kind == "next":
			f.take([]byte(value))
		}
	}
}

func (f *follower) readSocket(ctx context.Context, conn *websocket.Conn) {
	defer func() { _ = conn.CloseNow() }()
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var m kit.Message
		if err := json.Unmarshal(message, &m); err != nil {
			f.fail(err.Error())
			return
		}
		switch m.Type {
		case "next":
			f.take(m.Payload)
		case "complete":
			f.end()
		case "error":
			f.fail(string(m.Payload))
		}
	}
}

func (f *follower) take(answer []byte) {
	var payload struct {
		Data   map[string]event
		Errors []any
	}
	if err := json.Unmarshal(answer, &payload); err != nil || len(payload.Errors) > 0 || len(payload.Data) != 1 {
		f.fail(fmt.Sprintf("%v %s", err, answer))
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range payload.Data {
		f.events = append(f.events, e)
	}
}

func (f *follower) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.complete = true
}

func (f *follower) fail(why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed = why
}

// next waits until there are n events that the oracle has not seen, and returns all of those.
func (f *follower) next(n int) []event {
	f.t.Helper()
	testkit.Eventually(f.t, f.name+": events are missing, of those due "+fmt.Sprint(n), func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.events)-f.taken >= n || f.failed != ""
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != "" {
		f.t.Fatalf("%s: %s", f.name, f.failed)
	}
	news := f.events[f.taken:]
	f.taken = len(f.events)
	return news
}

// begun reports whether it has got an event to go on after.
func (f *follower) begun() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.events) > 0
}

// ended reports whether the subscription is complete.
func (f *follower) ended() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.complete
}
