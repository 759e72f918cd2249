package kit

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Proxy is a running nginx or HAProxy in front of replicas.
type Proxy struct {
	Name string
	// URL is its address, https://; CertFile the certificate that clients must trust there.
	URL, CertFile string
}

// ProxyProgram is one kind of proxy, configured as docs/operations.md has it.
type ProxyProgram struct {
	Name string // of the program, and of the language of its block in docs/operations.md

	// certificate is the certificate of the page, frontend the words that name its address.
	certificate, frontend string
	// whole makes a configuration file of the block of the page.
	whole func(folder, block string) string
	// arguments run it in the foreground.
	arguments func(folder, file string) []string
}

// ProxyPrograms are nginx and HAProxy, which `make test` installs.
func ProxyPrograms() []ProxyProgram {
	return []ProxyProgram{
		{
			Name: "nginx", certificate: "/etc/nginx/gateway", frontend: "listen 443 ",
			whole:     wholeNginx,
			arguments: func(folder, file string) []string { return []string{"-e", "stderr", "-p", folder, "-c", file} },
		},
		{
			Name: "haproxy", certificate: "/etc/haproxy/gateway", frontend: "bind :443 ",
			whole:     func(_, block string) string { return block },
			arguments: func(_, file string) []string { return []string{"-db", "-f", file} },
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
	return user + "daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log stderr warn;\nevents {}\n" +
		"http {\naccess_log off;\n" + paths.String() + block + "\n}\n"
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
	page, err := os.ReadFile(filepath.Join(ModuleRoot, "docs", "operations.md"))
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

// Start runs the proxy in front of two addresses and more until the test ends. Another process may take its port first:
// then it gets another one.
func (p ProxyProgram) Start(t *testing.T, first, second string, more ...string) *Proxy {
	t.Helper()
	path := inFolders(t, p.Name)
	folder := t.TempDir()
	certFile, keyFile := testkit.WriteCertificate(t, folder, 1, time.Now())
	pem := readFile(t, certFile) + readFile(t, keyFile)
	writeFile(t, filepath.Join(folder, "gateway.pem"), pem)
	writeFile(t, filepath.Join(folder, "gateway.crt"), pem)
	writeFile(t, filepath.Join(folder, "gateway.key"), pem)
	for range 5 {
		address := FreeAddress(t)
		block := replaced(t, blockOf(t, p.Name), p.certificate, filepath.Join(folder, "gateway"))
		block = replaced(t, block, p.frontend, strings.Fields(p.frontend)[0]+" "+address+" ")
		block = replaced(t, block, "10.0.0.11:8080", first)
		for _, address := range more { // the line of the second one again, with a name of its own
			at := strings.Index(block, "10.0.0.12:8080")
			line := block[strings.LastIndex(block[:at], "\n")+1 : at+strings.Index(block[at:], "\n")+1]
			own := strings.NewReplacer("10.0.0.12:8080", address, "second", "at-"+strings.Replace(address, ":", "-", 1))
			block = strings.Replace(block, line, line+own.Replace(line), 1)
		}
		block = replaced(t, block, "10.0.0.12:8080", second)
		file := filepath.Join(folder, "proxy.conf")
		writeFile(t, file, p.whole(folder, block))
		if p.run(t, address, path, p.arguments(folder, file)) {
			return &Proxy{Name: p.Name, URL: "https://" + address, CertFile: certFile}
		}
	}
	t.Fatalf("%s does not start", p.Name)
	return nil
}

// run starts the process and waits until it takes connections; false when it has ended before that.
func (p ProxyProgram) run(t *testing.T, address, path string, arguments []string) bool {
	t.Helper()
	output := &testkit.Log{}
	cmd := exec.Command(path, arguments...)
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
			t.Logf("%s: %s", p.Name, output)
		}
	})
	running := true
	testkit.Eventually(t, p.Name+" takes no connection", func() bool {
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
		t.Logf("%s has ended: %s", p.Name, output)
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
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}
