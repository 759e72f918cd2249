package operations

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// operated is a gateway as the program runs it, with its operators' address and log.
type operated struct {
	users, operators string
	log              *testkit.Log
	client           *http.Client
}

var operatorsAddress = regexp.MustCompile(`msg=serving .*admin_address=(\S+)`)

// operate runs the program's serve on an upstream until the test ends. Its clock is the real one.
func operate(t *testing.T, w *kit.World, environ ...string) *operated {
	t.Helper()
	o := &operated{
		log:    &testkit.Log{},
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second},
	}
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	all := append(w.Environment(), "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0", "OPSGRAPH_UPSTREAM_TIMEOUT=20s")
	go func() {
		err := command.Run(ctx, []string{"serve"}, append(all, environ...), writer, o.log)
		_ = writer.Close() // never fails
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("serve wrote no line: %v\n%s", err, o.log)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), " serves ")
	o.users = strings.TrimSuffix(address, "/graphql")
	testkit.Eventually(t, "the log names no operators' address", func() bool {
		found := operatorsAddress.FindStringSubmatch(o.log.String())
		if found != nil {
			o.operators = "http://" + found[1]
		}
		return found != nil
	})
	return o
}

// newPresentWorld is an upstream by the real time.
func newPresentWorld(t *testing.T) *kit.World {
	t.Helper()
	return kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 1, Clock: time.Now(), Running: true})
}

func (o *operated) get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return o.do(t, request)
}

func (o *operated) do(t *testing.T, request *http.Request) string {
	t.Helper()
	response, err := o.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ask sends a document.
func (o *operated) ask(t *testing.T, document string) {
	t.Helper()
	o.post(t, kit.RequestBody(t, document, ""))
}

// post sends a body and returns the answer's text.
func (o *operated) post(t *testing.T, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.users+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return o.do(t, request)
}

// readiness is what /readyz says.
func (o *operated) readiness(t *testing.T) (state struct {
	Status  string
	Reasons []string
},
) {
	t.Helper()
	if err := json.Unmarshal([]byte(o.get(t, o.users+"/readyz")), &state); err != nil {
		t.Fatal(err)
	}
	return state
}
