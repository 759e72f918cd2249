package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// wanted is a world that a script asks for: an upstream, and a gateway with the built pages on it.
type wanted struct {
	Hosts   int              `json:"hosts"`   // 40
	Regions int              `json:"regions"` // 5
	Seed    uint64           `json:"seed"`    // 1
	Dataset string           `json:"dataset"` // generated
	Quota   string           `json:"quota"`   // documented
	Still   bool             `json:"still"`   // the clock goes on by itself unless this is set
	Unset   []string         `json:"unset"`   // systems without a URL
	Environ []string         `json:"environ"` // of the gateway
	Faults  []map[string]any `json:"faults"`  // of the upstream, from the beginning
	Prefix  string           `json:"prefix"`  // path of a server before the gateway, such as /ops
}

// given is what a script gets to know of its world.
type given struct {
	Name      string    `json:"name"`
	URL       string    `json:"url"` // for browsers, with the prefix and a slash
	Simulator string    `json:"simulator"`
	Now       time.Time `json:"now"`
}

// world is one that runs.
type world struct {
	*kit.World
	line *line
}

// worlds makes worlds for the scripts, and breaks them. The script asks over HTTP; a world is made by the test itself,
// since no other goroutine may end it.
type worlds struct {
	address string

	t     *testing.T
	tasks chan func()

	mu   sync.Mutex
	list []*world
}

func newWorlds(t *testing.T) *worlds {
	t.Helper()
	w := &worlds{t: t, tasks: make(chan func())}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /worlds", w.make)
	mux.HandleFunc("POST /worlds/{name}/{what}", w.steer)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.address = server.URL
	return w
}

// script runs a script of web/ with the address for its wishes, does what it asks for, and returns what it printed.
func (w *worlds) script(t *testing.T, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", append(arguments, "--worlds", w.address)...)
	command.Dir = kit.ModuleRoot + "/web"
	out := &testkit.Log{}
	command.Stdout, command.Stderr = out, out
	defer func() {
		if t.Failed() || testing.Verbose() {
			t.Log("\n" + out.String())
		}
	}()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case task := <-w.tasks:
			task()
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %v", command, err)
			}
			return out.String()
		}
	}
}

// do has the test do something, and waits for it; false when the test ends before.
func (w *worlds) do(r *http.Request, what func()) bool {
	done := make(chan struct{})
	select {
	case w.tasks <- func() { defer close(done); what() }:
	case <-r.Context().Done():
		return false
	case <-w.t.Context().Done():
		return false
	}
	<-done // closed even where the test ends in there
	return !w.t.Failed()
}

func (w *worlds) make(answer http.ResponseWriter, r *http.Request) {
	var want wanted
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&want); err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	var got given
	var refused error
	switch done := w.do(r, func() { got, refused = w.start(want) }); {
	case !done:
		http.Error(answer, "no such world could be made", http.StatusInternalServerError)
		return
	case refused != nil: // the fault of one test
		http.Error(answer, refused.Error(), http.StatusBadRequest)
		return
	}
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(got) // a script that has gone needs no answer
}

// start makes a world. It refuses settings that a gateway would not start with.
func (w *worlds) start(want wanted) (given, error) {
	one := &world{World: kit.NewWorld(w.t, kit.WorldSettings{
		Hosts: want.Hosts, Regions: want.Regions, Seed: want.Seed, Dataset: want.Dataset, Quota: want.Quota,
		Running: !want.Still, Unset: want.Unset,
	})}
	if len(want.Faults) > 0 {
		one.Steer(w.t, http.MethodPut, "faults", want.Faults)
	}
	// All pages of the tests are one caller.
	environ := append([]string{"OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000"}, want.Environ...)
	if _, err := config.Load("", append(one.Environment(), environ...)); err != nil {
		return given{}, err
	}
	server := httptest.NewServer(one.NewPages(w.t, os.DirFS(kit.ModuleRoot+"/web/dist"), environ...).Handler())
	w.t.Cleanup(server.CloseClientConnections)
	if want.Prefix != "" {
		server = below(w.t, server.URL, want.Prefix)
	}
	one.line = newLine(w.t, strings.TrimPrefix(server.URL, "http://"))
	return given{
		Name: w.add(one), URL: "http://" + one.line.Address + want.Prefix + "/",
		Simulator: one.Server.URL, Now: one.Clock.Now(),
	}, nil
}

// add keeps a world, and returns its name.
func (w *worlds) add(one *world) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, one)
	return strconv.Itoa(len(w.list) - 1)
}

// find is the world of a name; nil where there is none.
func (w *worlds) find(name string) *world {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at, err := strconv.Atoi(name); err == nil && at >= 0 && at < len(w.list) {
		return w.list[at]
	}
	return nil
}

// below is a server that has a gateway below a path, and nothing else.
func below(t *testing.T, target, prefix string) *httptest.Server {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, proxy))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// steer breaks a world's line, mends it, or moves its clock by a duration.
func (w *worlds) steer(answer http.ResponseWriter, r *http.Request) {
	one := w.find(r.PathValue("name"))
	if one == nil {
		http.Error(answer, "there is no world "+r.PathValue("name"), http.StatusNotFound)
		return
	}
	switch r.PathValue("what") {
	case "cut":
		one.line.Cut()
	case "down":
		one.line.SetDown(true)
	case "up":
		one.line.SetDown(false)
	case "advance":
		by, err := time.ParseDuration(r.FormValue("by"))
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		one.Clock.Advance(by)
	default:
		http.Error(answer, fmt.Sprintf("%q is none of cut, down, up and advance", r.PathValue("what")), http.StatusNotFound)
		return
	}
	answer.WriteHeader(http.StatusNoContent)
}
