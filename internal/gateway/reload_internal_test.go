package gateway

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/burden"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func newTestGateway(t *testing.T) *replica {
	t.Helper()
	g := openTestGateway(t)
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// openTestGateway opens a gateway, which the caller closes.
func openTestGateway(t *testing.T) *replica {
	t.Helper()
	cfg := config.Defaults()
	cfg.Simulator.Listen, cfg.Simulator.Hosts = "127.0.0.1:0", 3
	g, err := open(t.Context(), cfg, Dependencies{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// change has a change of the defaults in force.
func change(t *testing.T, g *replica, set func(*config.Config)) {
	t.Helper()
	made, err := g.Prepare(t.Context(), changed(g, set))
	if err != nil {
		t.Fatal(err)
	}
	made.Apply()
}

// changed is the configuration of a gateway with a change, without what its demo fills in.
func changed(g *replica, set func(*config.Config)) config.Config {
	cfg := g.present().cfg
	cfg.ESM, cfg.IAM = config.ESM{}, config.IAM{}
	cfg.GaussDB.URL, cfg.Workspace.URL, cfg.BSS.URL = "", "", ""
	set(&cfg)
	return cfg
}

// TestReload_bounds changes what shows in no single answer: the gate of operations, and the parsed documents.
func TestReload_bounds(t *testing.T) {
	t.Parallel()
	g := newTestGateway(t)
	pass, err := g.gate.Enter(t.Context(), burden.Ask{Need: burden.Need{CPU: 10 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Release()
	second := func() error {
		pass, err := g.gate.Enter(t.Context(), burden.Ask{Need: burden.Need{CPU: 10 * time.Millisecond}})
		if err == nil {
			pass.Finish(0)
			pass.Release()
		}
		return err
	}
	if err := second(); err != nil {
		t.Errorf("limits.cpu and limits.queue at first: %v", err)
	}
	change(t, g, func(c *config.Config) { c.Limits.CPU, c.Limits.Queue = time.Millisecond, 0 })
	if err := second(); err == nil {
		t.Error("limits.cpu: there is room for a second operation")
	}
	waited := make(chan error, 1)
	change(t, g, func(c *config.Config) { c.Limits.Queue = time.Minute })
	go func() { waited <- second() }()
	testkit.Eventually(t, "limits.queue: a second operation waits", func() bool { return g.gate.State().Waiting == 1 })
	change(t, g, func(c *config.Config) { c.Limits.CPU = 0 })
	if err := <-waited; err != nil {
		t.Errorf("limits.cpu: who waits is not let in: %v", err)
	}
	pass.Finish(0)

	kept := func() (count int) {
		documents := g.present().documents
		for _, text := range []string{"{a}", "{b}", "{c}"} {
			documents.Add(t.Context(), text, &ast.QueryDocument{})
		}
		for _, text := range []string{"{a}", "{b}", "{c}"} {
			if _, ok := documents.Get(t.Context(), text); ok {
				count++
			}
		}
		return count
	}
	if got := kept(); got != 3 {
		t.Errorf("%d documents kept at first", got)
	}
	old := g.present().documents
	change(t, g, func(c *config.Config) { c.Limits.QueryCacheDocuments = 2 })
	if got := kept(); got != 2 {
		t.Errorf("limits.query_cache_documents: %d kept", got)
	}
	change(t, g, func(c *config.Config) { c.Limits.QueryCacheBytes = 1 })
	if got := kept(); got != 0 {
		t.Errorf("limits.query_cache_bytes: %d kept", got)
	}
	old.Add(t.Context(), "{a}", &ast.QueryDocument{})
	if _, ok := old.Get(t.Context(), "{a}"); ok {
		t.Error("documents of old settings are kept")
	}
}

// TestReload_whole changes two limits together, again and again, while others read them: nobody sees one without the
// other.
func TestReload_whole(t *testing.T) {
	t.Parallel()
	g := newTestGateway(t)
	change(t, g, func(c *config.Config) { c.Limits.Depth, c.Limits.Fields = 15, 15 })
	ctx, end := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for ctx.Err() == nil {
				e := g.present()
				if e.cfg.Limits.Depth != e.cfg.Limits.Fields || e.stages == nil || e.handler == nil {
					t.Error("an edition in parts")
					return
				}
			}
		})
	}
	defer reading.Wait()
	defer end()
	for i := range 50 {
		change(t, g, func(c *config.Config) { c.Limits.Depth, c.Limits.Fields = 15+i%2, 15+i%2 })
	}
	if before := g.present(); before.number == 0 {
		t.Error("no edition was made")
	}
	before := g.present()
	change(t, g, func(*config.Config) {})
	if g.present() != before {
		t.Error("a reload that changes nothing makes an edition")
	}
}

// TestReload_closed closes a gateway while changes come one after another: what is in force then stays so, as nobody
// would close what a later one brings.
func TestReload_closed(t *testing.T) {
	t.Parallel()
	g := openTestGateway(t)
	begun := make(chan struct{})
	var once sync.Once
	var reloading sync.WaitGroup
	reloading.Go(func() {
		defer once.Do(func() { close(begun) })
		for i := range 20 {
			made, err := g.Prepare(t.Context(), changed(g, func(c *config.Config) { c.Limits.Depth = 15 + i%2 }))
			if err != nil {
				if !errors.Is(err, ErrClosed) {
					t.Errorf("refused: %v", err)
				}
				return
			}
			made.Apply()
			if i == 1 {
				once.Do(func() { close(begun) })
			}
		}
	})
	<-begun
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if err := g.Close(); err != nil { // there is nothing left to release
		t.Error(err)
	}
	last := g.present()
	reloading.Wait()
	if g.present() != last {
		t.Errorf("edition %d is in force after the end, which had %d", g.present().number, last.number)
	}
	if _, err := g.Prepare(t.Context(), changed(g, func(*config.Config) {})); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed gateway prepares a change: %v", err)
	}
}
