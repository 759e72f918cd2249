package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
)

// kinds are the hooks of a stage, in the order in which a request passes them.
func (s stage) kinds() []string {
	var kinds []string
	for _, hook := range []struct {
		name string
		set  bool
	}{
		{"listener", s.listener != nil},
		{"request", s.request != nil},
		{"transport", s.transport != nil},
		{"admission", s.admit != nil || s.readmit != nil},
		{"check", s.check != nil},
		{"operation", s.operation != nil},
		{"answer", s.answer != nil},
	} {
		if hook.set {
			kinds = append(kinds, hook.name)
		}
	}
	return kinds
}

// TestStages_listed checks the list: each stage has a name of its own and one hook at most, and the hooks stand in the
// order in which a request passes them, whatever their registration does.
func TestStages_listed(t *testing.T) {
	t.Parallel()
	cfg := config.Defaults()
	cfg.Simulator.Listen = "127.0.0.1:0"
	g, err := open(t.Context(), cfg, Dependencies{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	names, order := map[string]bool{}, []string{}
	for _, s := range g.present().stages {
		if names[s.name] || s.name == "" {
			t.Errorf("there are two stages %q", s.name)
		}
		names[s.name] = true
		kinds := s.kinds()
		if len(kinds) > 1 {
			t.Errorf("stage %q has %v", s.name, kinds)
		}
		order = append(order, kinds...)
	}
	want := []string{"listener", "request", "transport", "admission", "check", "operation", "answer"}
	if diff := cmp.Diff(want, slices.Compact(order)); diff != "" {
		t.Errorf("order of hooks (-want +got): %s", diff)
	}
}

// trace is a stage of each kind, which notes that a request passes it.
type trace struct {
	name  string
	notes *[]string
}

func (c trace) note() { *c.notes = append(*c.notes, c.name) }

func (c trace) ExtensionName() string { return c.name }

func (c trace) Validate(graphql.ExecutableSchema) error { return nil }

func (c trace) MutateOperationContext(context.Context, *graphql.OperationContext) *gqlerror.Error {
	c.note()
	return nil
}

// TestStages_passedInOrder sends a request through a list of two stages of each kind.
func TestStages_passedInOrder(t *testing.T) {
	t.Parallel()
	var notes, want []string
	var stages []stage
	add := func(kind string, hook func(trace) stage) {
		for _, number := range []string{" 1", " 2"} {
			stages = append(stages, hook(trace{kind + number, &notes}))
			want = append(want, kind+number)
		}
	}
	add("request", func(c trace) stage {
		return stage{request: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.note(); next.ServeHTTP(w, r) })
		}}
	})
	add("admission", func(c trace) stage {
		return stage{admit: func(r *http.Request) (context.Context, *gqlerror.Error) { c.note(); return r.Context(), nil }}
	})
	add("check", func(c trace) stage { return stage{check: c} })
	add("operation", func(c trace) stage {
		return stage{operation: func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			c.note()
			return next(ctx)
		}}
	})
	add("answer", func(c trace) stage {
		return stage{answer: func(ctx context.Context,
			next graphql.ResponseHandler,
		) *graphql.Response {
			c.note()
			return next(ctx)
		}}
	})
	stages = append(stages, stage{transport: asking{func(r *http.Request) (context.Context, *gqlerror.Error) {
		return pass(r, stages, func(s stage) admission { return s.admit })
	}}})
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { a: Int }`})
	server := newServer(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc: func(context.Context) graphql.ResponseHandler {
			return graphql.OneShot(&graphql.Response{Data: []byte(`{"a":1}`)})
		},
	})
	register(stages, server, nil)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql",
		strings.NewReader(`{"query":"{a}"}`))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	around(stages, server).ServeHTTP(recorder, request)
	if recorder.Body.String() != `{"data":{"a":1}}` {
		t.Errorf("answer %s", recorder.Body)
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("stages passed (-want +got): %s", diff)
	}
}

// asking is a transport that calls for admission, as ours do.
type asking struct{ admit admission }

func (asking) Supports(*http.Request) bool { return true }

func (a asking) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, _ := a.admit(r)
	transport.POST{}.Do(w, r.WithContext(ctx), exec)
}
