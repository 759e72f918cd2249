package streams_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/streams"
)

// FuzzMessage reads messages of a WebSocket: an accepted one has a known type, and an id where its type needs one.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init"}`, `{"type":"connection_init","payload":{"X-Auth-Token":"a"}}`,
		`{"type":"ping","payload":null}`,
		`{"type":"subscribe","id":"a","payload":{"query":"{a}"}}`, `{"type":"complete","id":"a"}`, `{"type":"start"}`,
		`{"type":1}`, `[]`, `{"type":"ping","type":"pong"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, id, err := streams.ParseMessage(text)
		if err != nil {
			if strings.Contains(err.Error(), "\x00") || len(err.Error()) > 123 { // what a close frame has room for
				t.Fatalf("reason %q", err)
			}
			return
		}
		switch kind {
		case "connection_init", "ping", "pong":
		case "subscribe", "complete":
			if id == "" || len(id) > 256 {
				t.Fatalf("id %q", id)
			}
		default:
			t.Fatalf("type %q", kind)
		}
	})
}
