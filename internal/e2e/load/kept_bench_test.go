package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// wire is a client that costs next to nothing: one connection, one request as it is sent, answers read to their end.
type wire struct {
	conn    net.Conn
	reader  *bufio.Reader
	request []byte
}

func newWire(b *testing.B, address, body string, headers ...string) *wire {
	b.Helper()
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	request := "POST /graphql HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\n" +
		strings.Join(append(headers, "Content-Length: "+strconv.Itoa(len(body))), "\r\n") + "\r\n\r\n" + body
	return &wire{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10), request: []byte(request)}
}

// ask sends the request and reads the answer, which it returns when asked to.
func (c *wire) ask(b *testing.B, keep bool) (header http.Header, body []byte) {
	b.Helper()
	if _, err := c.conn.Write(c.request); err != nil {
		b.Fatal(err)
	}
	if keep {
		response, err := http.ReadResponse(c.reader, nil)
		if err != nil {
			b.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			b.Fatal(response.StatusCode, err)
		}
		return response.Header, body
	}
	length := -1
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			b.Fatal(err)
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
		if len(line) <= 2 {
			break
		}
	}
	if _, err := c.reader.Discard(length); err != nil {
		b.Fatal(err)
	}
	return nil, nil
}

// spent is the time of processors that this process has used, which others on the machine change little.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkKept compares, for equal queries, net/http handing out the same bytes with answers that the gateway keeps
// and with those that it makes anew. The client's own time is in all three.
func BenchmarkKept(b *testing.B) {
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 200, Quota: "off"})
	callers := []string{
		"OPSGRAPH_CALLERS_RATE=10000000", "OPSGRAPH_CALLERS_BURST=10000000", "OPSGRAPH_CALLERS_OPERATIONS=10000",
	}
	settings := append(kit.Unlimited(), callers...)
	kept := w.Serve(b, "127.0.0.1:0", settings...)
	anew := w.Serve(b, "127.0.0.1:0", append(settings, "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0")...)
	for _, query := range []struct{ name, document string }{
		{"typename", `{ __typename }`},
		{"hosts", `{ hosts(first: 50) { nodes { hostId name serialNumber kernel memoryGib region { code name }
			alarms(first: 5) { nodes { name severity } } } } }`},
		{"dashboard", kit.Dashboard},
	} {
		body := kit.RequestBody(b, query.document, "")
		for _, encoding := range []string{"identity", "gzip"} {
			accepts := "Accept-Encoding: " + encoding
			header, bytes := newWire(b, kept.Address, body, accepts).ask(b, true)
			newWire(b, anew.Address, body, accepts).ask(b, true)
			run := func(way, address string) {
				b.Run(fmt.Sprintf("%s/%s/%s", query.name, encoding, way), func(b *testing.B) {
					client := newWire(b, address, body, accepts)
					client.ask(b, true)
					b.ReportAllocs()
					before := spent(b)
					for b.Loop() {
						client.ask(b, way == "anew" && encoding == "gzip")
					}
					b.ReportMetric(float64(spent(b)-before)/float64(b.N), "cpu-ns/op")
					b.ReportMetric(float64(len(bytes)), "answer-bytes")
				})
			}
			floor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				for _, name := range []string{"Content-Type", "Content-Encoding"} {
					if value := header.Get(name); value != "" {
						w.Header().Set(name, value)
					}
				}
				w.Header().Set("Content-Length", strconv.Itoa(len(bytes)))
				_, _ = w.Write(bytes)
			}))
			run("floor", floor.Listener.Addr().String())
			run("kept", kept.Address)
			run("anew", anew.Address)
			floor.Close()
		}
	}
}
