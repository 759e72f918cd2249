package reload

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// served is the program as a function of this process, which looks at its files often.
type served struct {
	t      *testing.T
	folder string
	file   string // of its configuration
	url    string
	log    *testkit.Log
}

// serve runs the program on a configuration's file until the test ends. The demo's upstream answers.
func serve(t *testing.T, text string, environ ...string) *served {
	t.Helper()
	s := &served{t: t, folder: t.TempDir(), log: &testkit.Log{}}
	s.file = filepath.Join(s.folder, "opsgraph.yaml")
	s.write(s.file, text)
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := command.Run(ctx, []string{"serve", "--config", s.file}, append([]string{
			"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
			"OPSGRAPH_SIMULATOR_HOSTS=5", "OPSGRAPH_SIMULATOR_LATENCY=none", "OPSGRAPH_RELOAD_EVERY=20ms", "GOGC=100",
		}, environ...), writer, s.log)
		_ = writer.CloseWithError(io.EOF) // never fails
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("it does not serve: %v: %s", err, s.log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }() // ends with the writer
	fields := strings.Fields(line)
	s.url = strings.TrimSuffix(fields[len(fields)-1], "/graphql")
	return s
}

func (s *served) write(file, text string) {
	s.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) read(file string) string {
	s.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// after does something and waits until the log has one more line with a text.
func (s *served) after(do func(), text string) {
	s.t.Helper()
	before := strings.Count(s.log.String(), text)
	do()
	defer func() {
		if s.t.Failed() {
			s.t.Log(s.log.String())
		}
	}()
	testkit.Eventually(s.t, "the log has no more of "+text, func() bool {
		return strings.Count(s.log.String(), text) > before
	})
}

const (
	taken   = "configuration read again"
	refused = "configuration refused"
)

// caller is a client that trusts an authority and may show a certificate.
func caller(t *testing.T, roots *x509.CertPool, shown ...tls.Certificate) *http.Client {
	t.Helper()
	wire := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, Certificates: shown},
	}
	t.Cleanup(wire.CloseIdleConnections)
	return &http.Client{Transport: wire, Timeout: 2 * testkit.Patience}
}

// ask asks a document; the error is that of the connection.
func (s *served) ask(client *http.Client, document string) (status int, body string, err error) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/graphql",
		strings.NewReader(`{"query":"`+document+`"}`))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// get reads a path, whatever its status is.
func (s *served) get(client *http.Client, path string) (body string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// wantAnswer asks what every caller may ask.
func (s *served) wantAnswer(what string, client *http.Client) {
	s.t.Helper()
	if status, body, err := s.ask(client, `{__typename}`); err != nil || status != http.StatusOK {
		s.t.Errorf("%s: %d %s %v", what, status, body, err)
	}
}

// wantNoConnection asks in vain.
func (s *served) wantNoConnection(what string, client *http.Client) {
	s.t.Helper()
	if status, body, err := s.ask(client, `{__typename}`); err == nil {
		s.t.Errorf("%s is let in: %d %s", what, status, body)
	}
}

// kept is a connection that stays open, over which requests are written as text.
type kept struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

func keep(t *testing.T, conn net.Conn) *kept {
	t.Helper()
	t.Cleanup(func() { _ = conn.Close() })
	return &kept{t, conn, bufio.NewReader(conn)}
}

// wantAnswer asks over the connection.
func (k *kept) wantAnswer(what string) {
	k.t.Helper()
	if err := k.conn.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
		k.t.Fatal(err)
	}
	const body = `{"query":"{__typename}"}`
	_, err := io.WriteString(k.conn, "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"+
		"Content-Length: 24\r\n\r\n"+body)
	if err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	response, err := http.ReadResponse(k.reader, nil)
	if err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK || response.Close {
		k.t.Errorf("%s: %d %s %v", what, response.StatusCode, text, err)
	}
}
