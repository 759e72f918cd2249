package listen_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// serveH2C serves HTTP/2 without TLS until the test ends.
func serveH2C(t *testing.T, most int, handler http.HandlerFunc) (server *listen.Server, address string) {
	t.Helper()
	limits := listen.DefaultLimits()
	limits.H2C, limits.Streams, limits.ReadTimeout = true, 10, time.Second
	server = listen.NewServer(handler, limits, slog.New(slog.DiscardHandler))
	return server, serving(t, server, most, nil)
}

// http2Client begins with HTTP/2.
func http2Client(t *testing.T) *http.Transport {
	t.Helper()
	client := &http.Transport{Protocols: new(http.Protocols)}
	client.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func proto(t *testing.T, client *http.Transport, url string, header http.Header) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	response, err := client.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.Proto + " " + string(body), err
}

// TestH2C_protocols_H115: a client may begin with HTTP/2, where that is on; one that asks to upgrade is answered in
// HTTP/1.1.
func TestH2C_protocols_H115(t *testing.T) {
	t.Parallel()
	_, address := serveH2C(t, 10, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	upgrade := http.Header{
		"Connection": {"Upgrade, HTTP2-Settings"}, "Upgrade": {"h2c"}, "Http2-Settings": {"AAMAAABkAAQAAP__"},
	}
	if got, err := proto(t, http2Client(t), "http://"+address, nil); got != "HTTP/2.0 HTTP/2.0" {
		t.Errorf("begun with HTTP/2: %s, %v", got, err)
	}
	for name, header := range map[string]http.Header{"HTTP/1.1": {}, "upgrade": upgrade} {
		got, err := proto(t, &http.Transport{DisableKeepAlives: true}, "http://"+address, header)
		if got != "HTTP/1.1 HTTP/1.1" {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	plain := listen.NewServer(http.NotFoundHandler(), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	if got, err := proto(t, http2Client(t), "http://"+serving(t, plain, 10, nil), nil); err == nil {
		t.Errorf("HTTP/2 where it is off: %s", got)
	}
}

// TestH2C_largeAnswers writes answers of several requests over one connection at once: none gets into another.
func TestH2C_largeAnswers(t *testing.T) {
	t.Parallel()
	_, address := serveH2C(t, 100, func(w http.ResponseWriter, r *http.Request) {
		for range 8 {
			_, _ = w.Write(bytes.Repeat([]byte(r.URL.Query().Get("a")), 4<<10))
		}
	})
	client := http2Client(t)
	var asking sync.WaitGroup
	for i := range 20 {
		asking.Go(func() {
			letter := string(rune('a' + i))
			want := "HTTP/2.0 " + string(bytes.Repeat([]byte(letter), 32<<10))
			if got, err := proto(t, client, "http://"+address+"?a="+letter, nil); err != nil || got != want {
				t.Errorf("%s: %d bytes, %v", letter, len(got), err)
			}
		})
	}
	asking.Wait()
}

// TestH2C_smallWindows: what a client has room for goes out, although the handler has more to write, and waits for room
// within its write. A frame of the size of a full buffer is not kept for what follows, as it is of HTTP/1.1: nothing
// follows before it has arrived.
func TestH2C_smallWindows(t *testing.T) {
	t.Parallel()
	const head, full = 9, 4 << 10
	_, address := serveH2C(t, 10, func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush() // the frame of the headers goes out by itself
		_, _ = w.Write(make([]byte, 2*full))
	})
	f := dialFrames(t, address)
	const initialWindow = 4
	f.write(frameSettings, 0, 0, binary.BigEndian.AppendUint32([]byte{0, initialWindow}, full-head))
	f.write(frameHeaders, endOfHeaders|endOfStream, 1, getRoot())
	for got := 0; got < 2*full; {
		data, ok := f.next(frameData)
		if !ok {
			t.Fatalf("%d bytes arrived: the others wait for room that the client has", got)
		}
		got += len(data)
		f.write(frameWindow, 0, 1, binary.BigEndian.AppendUint32(nil, full-head))
	}
}

// TestH2C_received: where requests share a connection, what came last may be of another one: a request never counts as
// received before it was sent.
func TestH2C_received(t *testing.T) {
	t.Parallel()
	var sent time.Time
	began, release := make(chan struct{}), make(chan struct{})
	_, address := serveH2C(t, 10, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("a") != "" {
			return
		}
		close(began)
		<-release
		if at, ok := listen.Received(r.Context()); ok && at.Before(sent.Add(-30*time.Millisecond)) {
			t.Errorf("received at %s, sent at %s", at, sent)
		}
	})
	client := http2Client(t)
	get(t, client, "http://"+address+"?a=1")
	sent = time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = proto(t, client, "http://"+address, nil)
	}()
	<-began
	get(t, client, "http://"+address+"?a=2")
	close(release)
	<-done
}

// TestH2C_drains answers what is under way over HTTP/2 when the server stops.
func TestH2C_drains(t *testing.T) {
	t.Parallel()
	began, release := make(chan struct{}), make(chan struct{})
	server, address := serveH2C(t, 10, func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-release
		_, _ = io.WriteString(w, "whole")
	})
	client, answered := http2Client(t), make(chan string, 1)
	go func() {
		got, err := proto(t, client, "http://"+address, nil)
		answered <- fmt.Sprint(got, err)
	}()
	<-began
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
		defer cancel()
		stopped <- server.Stop(ctx)
	}()
	testkit.Eventually(t, "the address is open", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	close(release)
	if got := <-answered; got != "HTTP/2.0 whole<nil>" {
		t.Errorf("answer %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestH2C_bounds: an idle connection of HTTP/2 makes room for another one, as any idle connection does.
func TestH2C_bounds(t *testing.T) {
	t.Parallel()
	_, address := serveH2C(t, 1, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	first, second := http2Client(t), http2Client(t)
	for range 3 { // each closes the other's, which is idle
		for _, client := range []*http.Transport{first, second} {
			testkit.Eventually(t, "no room", func() bool {
				got, err := proto(t, client, "http://"+address, nil)
				return err == nil && got == "HTTP/2.0 HTTP/2.0"
			})
		}
	}
}

const (
	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	frameGoAway   = 7
	frameWindow   = 8
	endOfHeaders  = 4
	endOfStream   = 1
)

// frames speaks HTTP/2 by hand.
type frames struct {
	t    *testing.T
	conn net.Conn
}

func dialFrames(t *testing.T, address string) *frames {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
		t.Fatal(err)
	}
	f := &frames{t, conn}
	_, _ = io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") // its failure shows in what is read
	f.write(frameSettings, 0, 0, nil)
	return f
}

// frame is the form of one on the wire.
func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(head, stream), payload...)
}

func (f *frames) write(kind, flags byte, stream uint32, payload []byte) {
	_, _ = f.conn.Write(frame(kind, flags, stream, payload)) // its failure shows in what is read
}

// next is the next frame of a kind; ok is false at the end of the connection.
func (f *frames) next(kind byte) (payload []byte, ok bool) {
	for {
		var head [9]byte
		if _, err := io.ReadFull(f.conn, head[:]); err != nil {
			return nil, false
		}
		payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(f.conn, payload); err != nil {
			return nil, false
		}
		if head[3] == kind {
			return payload, true
		}
	}
}

// getRoot is the header of GET http://a/ by the static table of RFC 7541.
func getRoot() []byte { return []byte{0x82, 0x86, 0x84, 0x41, 1, 'a'} }

// TestH2C_streams_H113: a client is told how many requests it may have under way, and one that begins and resets more
// than that loses its connection, while no more of them run.
func TestH2C_streams_H113(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	running, most := 0, 0
	release := make(chan struct{})
	_, address := serveH2C(t, 10, func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		<-release
		mu.Lock()
		running--
		mu.Unlock()
	})
	defer close(release)
	f := dialFrames(t, address)
	settings, _ := f.next(frameSettings)
	told := false
	for ; len(settings) >= 6; settings = settings[6:] {
		if binary.BigEndian.Uint16(settings) == 3 { // SETTINGS_MAX_CONCURRENT_STREAMS
			told = binary.BigEndian.Uint32(settings[2:]) == 10
		}
	}
	if !told {
		t.Error("the client is not told how many requests it may have under way")
	}
	go func() {
		for stream := uint32(1); stream < 2000; stream += 2 {
			pair := append(frame(frameHeaders, endOfHeaders|endOfStream, stream, getRoot()),
				frame(frameReset, 0, stream, []byte{0, 0, 0, 8})...)
			if _, err := f.conn.Write(pair); err != nil {
				return
			}
		}
	}()
	if _, ok := f.next(frameGoAway); !ok {
		t.Error("the connection ended without a word")
	}
	mu.Lock()
	defer mu.Unlock()
	if most > 10 {
		t.Errorf("%d requests ran at once", most)
	}
}

// TestH2C_continuations_H114: a header without an end costs the connection.
func TestH2C_continuations_H114(t *testing.T) {
	t.Parallel()
	_, address := serveH2C(t, 10, func(http.ResponseWriter, *http.Request) {})
	f := dialFrames(t, address)
	go func() {
		f.write(frameHeaders, endOfStream, 1, getRoot())
		const continuation = 9
		field := append([]byte{0x00, 1, 'a', 0x7f, 0x81, 0x3e}, bytes.Repeat([]byte{'b'}, 8064)...)
		for range 1000 {
			if _, err := f.conn.Write(frame(continuation, 0, 1, field)); err != nil {
				return
			}
		}
	}()
	for {
		if _, ok := f.next(0xff); !ok { // until the connection ends
			return
		}
	}
}
