package deploy

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/checkout"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// mostLines is how long the README's way to production may be.
const mostLines = 10

// productionLines are the lines of the README's block "In production".
func productionLines(t *testing.T) []string {
	t.Helper()
	_, section, found := strings.Cut(kit.ReadText(t, root+"/README.md"), "\n## In production\n")
	_, block, is := strings.Cut(section, "\n```sh norun: internal/e2e/deploy follows it line by line, with free ports\n")
	block, _, closed := strings.Cut(block, "\n```\n")
	if !found || !is || !closed {
		t.Fatal("the README has no block of commands in its section In production")
	}
	return strings.Split(block, "\n")
}

// productionPorts are the ports of the lines and of the files of deploy/systemd that they use, each with a free one in
// its place.
func productionPorts(t *testing.T) map[string]string {
	t.Helper()
	free := map[string]string{}
	for _, port := range []string{"6379", "8080", "8081", "8443", "9090"} {
		for free[port] == "" {
			_, other, err := net.SplitHostPort(kit.FreeAddress(t))
			if err != nil {
				t.Fatal(err)
			}
			free[port] = other
			for known, taken := range free {
				if known != port && taken == other {
					free[port] = ""
				}
			}
		}
	}
	return free
}

var portWord = regexp.MustCompile(`\b(6379|8080|8081|8443|9090)\b`)

// shell is a shell into which lines are typed, as somebody does who follows a page.
type shell struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	output *bufio.Reader
	log    *testkit.Log // what was printed on stderr, that of programs in the background included
}

// openShell opens a shell in a folder. All that it has started ends with the test.
func openShell(t *testing.T, folder string) *shell {
	t.Helper()
	s := &shell{cmd: exec.Command("bash", "--noprofile", "--norc"), log: &testkit.Log{}}
	s.cmd.Dir, s.cmd.Stderr = folder, s.log
	path := os.Getenv("PATH") + ":/usr/sbin:/usr/local/sbin" //nolint:forbidigo // of the test run
	s.cmd.Env = append(s.cmd.Environ(), "PATH="+path)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts is of its group
	var err error
	if s.input, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		s.output = bufio.NewReader(stdout)
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) // fails where all have ended
		_ = s.cmd.Wait()                                      // it was ended
		if t.Failed() {
			t.Logf("stderr: %s", s.log)
		}
	})
	return s
}

// typed types a line and returns its exit code and what was printed until its end.
func (s *shell) typed(t *testing.T, line string) (code int, text string) {
	t.Helper()
	const mark = "-- ended with "
	if _, err := fmt.Fprintf(s.input, "%s\nprintf '\\n%s%%d\\n' $?\n", line, mark); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	for {
		got, err := s.output.ReadString('\n')
		if err != nil {
			t.Fatalf("the shell has ended in %q: %v: %s%s", line, err, printed.String(), s.log)
		}
		if _, err := fmt.Sscanf(got, mark+"%d", &code); err == nil {
			return code, printed.String()
		}
		printed.WriteString(got)
	}
}

// taken waits until an address takes connections, as whoever types the next line does.
func taken(t *testing.T, address string) {
	t.Helper()
	testkit.Eventually(t, address+" takes no connection", func() bool {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = connection.Close() // only the port was asked for
		}
		return err == nil
	})
}

// TestProductionOfTheReadme types the README's lines into a shell that stands in a fresh clone. The last one asks the
// proxy; then one replica ends, and the proxy still answers.
func TestProductionOfTheReadme(t *testing.T) {
	t.Parallel()
	lines, ports := productionLines(t), productionPorts(t)
	if len(lines) > mostLines {
		t.Errorf("the README takes %d lines, want %d at most", len(lines), mostLines)
	}
	free := func(text string) string {
		return portWord.ReplaceAllStringFunc(text, func(port string) string { return ports[port] })
	}
	clone, _ := checkout.Copy(t, func(name string, text []byte) []byte {
		if strings.HasPrefix(name, "deploy/systemd/") {
			return []byte(free(string(text)))
		}
		return text
	})
	s := openShell(t, clone)
	answer := ""
	for _, line := range lines {
		code, printed := s.typed(t, free(line))
		if code != 0 {
			t.Fatalf("%q ends with %d: %s%s", line, code, printed, s.log)
		}
		// Whoever types sees what a line has started.
		if strings.Contains(line, "redis-server") {
			taken(t, "127.0.0.1:"+ports["9090"])
			taken(t, "127.0.0.1:"+ports["6379"])
		}
		if strings.HasPrefix(line, "haproxy ") {
			taken(t, "127.0.0.1:"+ports["8443"])
		}
		answer = printed
	}
	answersRegions(t, answer)
	last := free(lines[len(lines)-1])
	jobs := slices.Collect(strings.FieldsSeq(must(t, s, "jobs -l | awk '/opsgraph serve/ { print $2 }'")))
	if len(jobs) != 2 {
		t.Fatalf("%d replicas run, want 2", len(jobs))
	}
	must(t, s, "kill -TERM "+jobs[0]+" && wait "+jobs[0]) // wait has the exit code of the replica
	answersRegions(t, must(t, s, last))
	must(t, s, "kill -TERM "+jobs[1]+" && wait "+jobs[1])
	kit.Report(t, "README in production", "%d lines followed", len(lines))
}

// must types a line that has to end with 0, and returns what it printed.
func must(t *testing.T, s *shell, line string) string {
	t.Helper()
	code, printed := s.typed(t, line)
	if code != 0 {
		t.Fatalf("%q ends with %d: %s%s", line, code, printed, s.log)
	}
	return printed
}

// answersRegions fails unless a text ends with an answer that has regions and no error.
func answersRegions(t *testing.T, text string) {
	t.Helper()
	var answer struct {
		Data struct {
			Regions []struct {
				Code  string
				Hosts struct{ TotalCount int }
			}
		}
		Errors []any
	}
	begin := strings.Index(text, `{"`)
	if begin < 0 {
		t.Fatalf("no answer: %s", text)
	}
	if err := json.NewDecoder(strings.NewReader(text[begin:])).Decode(&answer); err != nil || len(answer.Errors) > 0 ||
		len(answer.Data.Regions) == 0 || answer.Data.Regions[0].Hosts.TotalCount == 0 {
		t.Errorf("%v: %s", err, text)
	}
}
