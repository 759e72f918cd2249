// Package proxies runs the gateway behind nginx and HAProxy, with their configurations as docs/operations.md has them:
// restarts under load, events at once, large tokens, and commands that are sent once.
package proxies

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// proxy is a running nginx or HAProxy in front of two addresses.
type proxy struct {
	name string
	url  string
}

// program is how one kind of proxy is run.
type program struct {
	name  string
	block string // the language of its block in docs/operations.md
	// certificate is the certificate of the page, frontend the words that name its address.
	certificate, frontend string
	// whole makes a configuration file of the block of the page.
	whole func(folder, block string) string
	// words run it in the foreground.
	words func(folder, file string) []string
}

func programs() []program {
	return []program{
		{
			name: "nginx", block: "nginx", certificate: "/etc/nginx/gateway", frontend: "listen 443 ",
			whole: wholeNginx,
			words: func(folder, file string) []string { return []string{"nginx", "-p", folder, "-c", file} },
		},
		{
			name: "haproxy", block: "haproxy", certificate: "/etc/haproxy/gateway", frontend: "bind :443 ",
			whole: func(_, block string) string { return block },
			words: func(_, file string) []string { return []string{"haproxy", "-db", "-f", file} },
		},
	}
}

// wholeNginx puts the block into http, and what the system's own configuration would say around it: where files go, and
// as whom it runs. One worker suffices.
func wholeNginx(folder, block string) string {
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n"
	}
	var paths strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&paths, "%s_temp_path %s;\n", kind, filepath.Join(folder, kind))
	}
	return user + "daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n" +
		paths.String() + block + "\n}\n"
}

// inFolders finds a program, in the folders of the system's administrator too.
func inFolders(tb testing.TB, name string) string {
	tb.Helper()
	for _, folder := range []string{"", "/usr/sbin/", "/usr/local/sbin/"} {
		if path, err := exec.LookPath(folder + name); err == nil {
			return path
		}
	}
	tb.Fatalf("%s is not installed: tools/need nginx haproxy", name)
	return ""
}

// blockOf is the one block of a language in docs/operations.md.
func blockOf(tb testing.TB, language string) string {
	tb.Helper()
	page, err := os.ReadFile(filepath.Join(kit.ModuleRoot, "docs", "operations.md"))
	if err != nil {
		tb.Fatal(err)
	}
	parts := strings.Split(string(page), "```"+language+"\n")
	if len(parts) != 2 {
		tb.Fatalf("docs/operations.md has %d blocks of %s, want 1", len(parts)-1, language)
	}
	block, _, _ := strings.Cut(parts[1], "```")
	return block
}

// replaced puts another text in place of one that the page must have.
func replaced(tb testing.TB, block, old, replacement string) string {
	tb.Helper()
	if !strings.Contains(block, old) {
		tb.Fatalf("docs/operations.md has no %q in %s", old, block)
	}
	return strings.ReplaceAll(block, old, replacement)
}

// start runs the proxy in front of two addresses until the test ends. Another process may take its port first: then it
// gets another one.
func (p program) start(t *testing.T, first, second string) *proxy {
	t.Helper()
	path := inFolders(t, p.name)
	folder := t.TempDir()
	certFile, keyFile := testkit.WriteCertificate(t, folder, 1, time.Now())
	pem := readFile(t, certFile) + readFile(t, keyFile)
	writeFile(t, filepath.Join(folder, "gateway.pem"), pem)
	writeFile(t, filepath.Join(folder, "gateway.crt"), pem)
	writeFile(t, filepath.Join(folder, "gateway.key"), pem)
	for range 5 {
		address := kit.FreeAddress(t)
		block := replaced(t, blockOf(t, p.block), p.certificate, filepath.Join(folder, "gateway"))
		block = replaced(t, block, p.frontend, strings.Fields(p.frontend)[0]+" "+address+" ")
		block = replaced(t, block, "10.0.0.11:8080", first)
		block = replaced(t, block, "10.0.0.12:8080", second)
		file := filepath.Join(folder, "proxy.conf")
		writeFile(t, file, p.whole(folder, block))
		if p.run(t, address, append([]string{path}, p.words(folder, file)[1:]...)) {
			return &proxy{name: p.name, url: "https://" + address}
		}
	}
	t.Fatalf("%s does not start", p.name)
	return nil
}

// run starts the process and waits until it takes connections; false when it has ended before that.
func (p program) run(t *testing.T, address string, words []string) bool {
	t.Helper()
	output := &testkit.Log{}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its workers end with it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = cmd.Wait() // it is ended by a signal
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // fails only where it is gone
		select {
		case <-gone:
		case <-time.After(testkit.Patience):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-gone
		}
		if t.Failed() {
			t.Logf("%s: %s", p.name, output)
		}
	})
	running := true
	testkit.Eventually(t, p.name+" takes no connection", func() bool {
		select {
		case <-gone:
			running = false
			return true
		default:
		}
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close() // only the port was asked for
		}
		return err == nil
	})
	if !running {
		t.Logf("%s has ended: %s", p.name, output)
	}
	return running
}

func readFile(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func writeFile(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.WriteFile(name, []byte(text), fs.FileMode(0o600)); err != nil {
		tb.Fatal(err)
	}
}

// client is a client of a proxy, by HTTP/2 or 1.1, from an address of the loopback.
func (p *proxy) client(t *testing.T, http2 bool, from string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(cmp.Or(from, "127.0.0.1"))}}
	transport := &http.Transport{
		DialContext:       dialer.DialContext,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the test made the certificate
		ForceAttemptHTTP2: http2,
	}
	if !http2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a query and returns its whole answer.
func (p *proxy) post(ctx context.Context, client *http.Client, document string, header http.Header) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/graphql",
		strings.NewReader(fmt.Sprintf(`{"query":%q}`, document)))
	if err != nil {
		return "", err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return text.String(), fmt.Errorf("%w %d: %.300s", errStatus, response.StatusCode, text.String())
	}
	return text.String(), nil
}

var errStatus = errors.New("status")
