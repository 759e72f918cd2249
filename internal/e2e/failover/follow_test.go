package failover

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// follower is a subscription to alarms that is taken up again where it ended, as docs/clients.md says.
type follower struct {
	begun   atomic.Bool
	resumed atomic.Int64

	mu     sync.Mutex
	seen   map[string]int // serial numbers of raised alarms
	lagged int
	last   string // id of the last event
}

// event is an answer of the subscription.
type event struct {
	Data struct {
		AlarmChanges *struct {
			EventID string
			Kind    string
			Alarm   *struct{ Csn string }
		}
	}
}

// take notes an answer.
func (f *follower) take(text []byte) {
	var e event
	if json.Unmarshal(text, &e) != nil || e.Data.AlarmChanges == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	change := e.Data.AlarmChanges
	f.last = change.EventID
	switch {
	case change.Kind == "LAGGED":
		f.lagged++
	case change.Kind == "RAISED" && change.Alarm != nil:
		f.seen[change.Alarm.Csn]++
	}
}

// subscription follows alarms from an event on; from now on where it is empty.
func subscription(after string) string {
	argument := ""
	if after != "" {
		argument = fmt.Sprintf("(startAfter: %q)", after)
	}
	return "subscription { alarmChanges" + argument + " { eventId kind alarm { csn } } }"
}

// place is the id of the last event; empty before the first.
func (f *follower) place() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// keep follows again and again until the test ends.
func (f *follower) keep(t *testing.T, once func(ctx context.Context) error) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for first := true; ctx.Err() == nil; first = false {
			if !first {
				f.resumed.Add(1)
			}
			if err := once(ctx); err != nil {
				select { // nobody takes connections now
				case <-time.After(20 * time.Millisecond):
				case <-ctx.Done():
				}
			}
		}
	}()
	t.Cleanup(func() { end(); <-done })
}

// followBySocket follows by graphql-transport-ws.
func (r *rolling) followBySocket(t *testing.T) *follower {
	t.Helper()
	f := &follower{seen: map[string]int{}}
	client := r.client(t)
	// a WebSocket begins by HTTP/1.1
	client.Transport.(*http.Transport).TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	f.keep(t, func(ctx context.Context) error {
		conn, _, err := websocket.Dial(ctx, strings.Replace(r.target(), "http", "ws", 1)+"/graphql", //nolint:bodyclose // of an upgrade, which has none
			&websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"graphql-transport-ws"}})
		if err != nil {
			return err
		}
		defer func() { _ = conn.CloseNow() }() // it has ended already, or nobody waits for it
		for _, message := range []string{
			`{"type":"connection_init"}`,
			fmt.Sprintf(`{"type":"subscribe","id":"1","payload":{"query":%q}}`, subscription(f.place())),
		} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
				return err
			}
		}
		for {
			_, text, err := conn.Read(ctx)
			if err != nil {
				return err
			}
			var message struct {
				Type    string
				Payload json.RawMessage
			}
			if err := json.Unmarshal(text, &message); err != nil {
				return err
			}
			f.begun.Store(true)
			f.take(message.Payload)
		}
	})
	return f
}

// followByEvents follows by server-sent events.
func (r *rolling) followByEvents(t *testing.T) *follower {
	t.Helper()
	f := &follower{seen: map[string]int{}}
	client := r.client(t)
	f.keep(t, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet,
			r.target()+"/graphql?"+url.Values{"query": {subscription("")}}.Encode(), http.NoBody)
		if err != nil {
			return err
		}
		request.Header.Set("Accept", "text/event-stream")
		if last := f.place(); last != "" {
			request.Header.Set("Last-Event-ID", last)
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		f.begun.Store(response.StatusCode == http.StatusOK)
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				f.take([]byte(data))
			}
		}
		return lines.Err()
	})
	return f
}

// wantEachOnce waits until the follower has heard of each alarm, and fails where it heard of one twice or was told that
// it missed some.
func (f *follower) wantEachOnce(t *testing.T, raised []string) {
	t.Helper()
	missing := func() (missing []string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, csn := range raised {
			if f.seen[csn] == 0 {
				missing = append(missing, csn)
			}
		}
		return missing
	}
	began := time.Now()
	for len(missing()) > 0 {
		if time.Since(began) > testkit.Patience {
			t.Errorf("%d of %d alarms are missing: %v", len(missing()), len(raised), missing())
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for csn, times := range f.seen {
		if times > 1 {
			t.Errorf("alarm %s came %d times", csn, times)
		}
	}
	if f.lagged > 0 {
		t.Errorf("told %d times that events were missed", f.lagged)
	}
}

// raise raises an alarm in each interval; the function that it returns ends that, and returns their serial numbers.
func (r *rolling) raise(t *testing.T, interval time.Duration) func() []string {
	t.Helper()
	var raised []string
	stop := every(t, interval, func(context.Context) { raised = append(raised, r.world.Raise(t)) })
	return func() []string {
		stop()
		return raised
	}
}
