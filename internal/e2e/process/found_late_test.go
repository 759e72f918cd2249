package process

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_D2_TimeFromReceipt stops the process for as long as a request may take that is sent meanwhile, over a
// connection that it knows, and over one that it has not accepted. The time counts from when the system received the
// request, not from when the process came to read it, so that no data come after the deadline.
func TestFound_D2_TimeFromReceipt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells when it received something")
	}
	const (
		limit = time.Second
		steps = 50 * time.Millisecond // the system counts in steps of some milliseconds
	)
	p := startLogged(t, "OPSGRAPH_LIMITS_REQUEST_TIMEOUT="+limit.String(), "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0")
	for name, isKnown := range map[string]bool{"known": true, "new": false} {
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		inTime := func() {
			t.Helper()
			testkit.Eventually(t, name+": an answer in time", func() bool {
				status, _ := p.askBy(t, client, func() {})
				return status == http.StatusOK
			})
		}
		if isKnown {
			inTime()
		}
		written, answered := make(chan struct{}), make(chan struct{})
		p.signal(t, syscall.SIGSTOP)
		t.Cleanup(func() { _ = p.cmd.Process.Signal(syscall.SIGCONT) }) // it ends by itself, which none can that stands
		testkit.Eventually(t, "all threads of the process stand", p.stands)
		go func() {
			defer close(answered)
			status, text := p.askBy(t, client, func() { close(written) })
			if status != http.StatusGatewayTimeout || !strings.Contains(text, "REQUEST_TIMEOUT") {
				t.Errorf("%s: %d %s", name, status, text)
			}
		}()
		<-written
		<-time.After(limit + steps)
		p.signal(t, syscall.SIGCONT)
		<-answered
		inTime()
	}
}

// stands reports whether a signal has stopped the process: it answers for a moment after it was sent.
func (p *replica) stands() bool {
	states, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.cmd.Process.Pid))
	if err != nil || len(states) == 0 {
		return false
	}
	for _, path := range states {
		if state, err := os.ReadFile(path); err != nil || !strings.Contains(string(state), ") T ") {
			return false
		}
	}
	return true
}

// askBy asks what needs no upstream, and tells when the request is written.
func (p *replica) askBy(t *testing.T, client *http.Client, written func()) (status int, text string) {
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { written() },
	})
	body := strings.NewReader(`{"query":"{ __typename }"}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/graphql", body)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {graphQLType}}
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(read)
}
