package differ

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/graph/plan"
)

// twin is the schema with resolvers of a test, carried out by both executors: for what no upstream can bring about.
type twin struct{ executors [2]*executor.Executor }

func newTwin(root graph.ResolverRoot) *twin {
	cfg := graph.Config{Resolvers: root}
	both := &twin{}
	for i, schema := range []graphql.ExecutableSchema{graph.NewExecutableSchema(cfg), graph.NewPlannedSchema(cfg, nil)} {
		both.executors[i] = executor.New(plan.Ordered(schema))
		both.executors[i].SetErrorPresenter(present)
		both.executors[i].SetRecoverFunc(func(context.Context, any) error { return errors.New("panic") })
	}
	return both
}

// errStub is the error of a resolver of these tests.
var errStub = errors.New("this one fails")

// present shows errors as a gateway does: what no resolver means for clients is an internal error, whatever its text. The
// texts of both executors for a panic, a null that is not allowed, a number that JSON has no word for, and a resolver that
// returns too few values are not the same; gqlgen reports a panic of a batch resolver as "unexpected result type" for all
// parents but one.
func present(ctx context.Context, err error) *gqlerror.Error {
	shown := graphql.DefaultErrorPresenter(ctx, err)
	var null *graphql.InvalidNullError
	switch {
	case errors.Is(err, errStub):
		shown.Message = errStub.Error()
	case errors.As(err, &null):
		shown.Message = "null"
	case strings.HasPrefix(shown.Message, "argument:"):
	default:
		shown.Message = "internal"
	}
	return shown
}

// asked is a question to a twin, with what the specification makes of it.
type asked struct {
	document, operation string
	variables           string // JSON; empty for none
	data                string
	errors              []string // path and message of each
}

// ask holds the answers of both executors against each other, byte for byte, and against what is wanted.
func (w *twin) ask(t *testing.T, q asked) {
	t.Helper()
	var answers [2]string
	for i, one := range w.executors {
		response := carryOut(t, one, q)
		text, err := json.Marshal(response)
		if err != nil {
			t.Fatalf("%s: %v: %q", q.document, err, response.Data)
		}
		answers[i] = string(text)
		if i > 0 {
			continue
		}
		told := []string{}
		for _, one := range response.Errors {
			told = append(told, one.Path.String()+": "+one.Message)
		}
		if string(response.Data) != q.data || !slices.Equal(told, append([]string{}, q.errors...)) {
			t.Errorf("%s\ngqlgen answers\n%s %q\nwant\n%s %q", q.document, response.Data, told, q.data, q.errors)
		}
	}
	if answers[0] != answers[1] {
		t.Errorf("%s\ngqlgen answers\n%s\nplan answers\n%s", q.document, answers[0], answers[1])
	}
}

// carryOut has one executor carry an operation out.
func carryOut(t *testing.T, with *executor.Executor, q asked) *graphql.Response {
	t.Helper()
	ctx := graphql.StartOperationTrace(t.Context())
	params := &graphql.RawParams{Query: q.document, OperationName: q.operation, Variables: map[string]any{}}
	if q.variables != "" {
		decoder := json.NewDecoder(strings.NewReader(q.variables))
		decoder.UseNumber()
		if err := decoder.Decode(&params.Variables); err != nil {
			t.Fatal(err)
		}
	}
	operation, errs := with.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return with.DispatchError(graphql.WithOperationContext(ctx, operation), errs)
	}
	operation.DisableIntrospection = false
	responses, ctx := with.DispatchOperation(ctx, operation)
	return responses(ctx)
}

// stub is the root of resolvers that a test replaces one by one; those that it leaves out panic.
type stub struct {
	graph.ResolverRoot

	query  graph.QueryResolver
	host   graph.HostResolver
	region graph.RegionResolver
}

func (s stub) Query() graph.QueryResolver   { return s.query }
func (s stub) Host() graph.HostResolver     { return s.host }
func (s stub) Region() graph.RegionResolver { return s.region }

// queries answers root fields as a test says.
type stubQuery struct {
	graph.QueryResolver

	hosts   func(ctx context.Context) (*model.HostConnection, error)
	regions func(ctx context.Context) ([]*model.Region, error)
	nodes   func(ctx context.Context, ids []string) ([]model.Node, error)
	node    func(ctx context.Context, id string) (model.Node, error)
	summary func(ctx context.Context) (*model.AlarmSummary, error)
	rows    func(ctx context.Context) (*model.TenantInstanceConnection, error)
}

func (q stubQuery) Hosts(
	ctx context.Context, _ *model.HostFilter, _ *model.HostOrder, _ *int, _ *string, _ *int, _ *string,
) (*model.HostConnection, error) {
	return q.hosts(ctx)
}

func (q stubQuery) Regions(ctx context.Context, _ []string) ([]*model.Region, error) { return q.regions(ctx) }

func (q stubQuery) Nodes(ctx context.Context, ids []string) ([]model.Node, error) { return q.nodes(ctx, ids) }

func (q stubQuery) Node(ctx context.Context, id string) (model.Node, error) { return q.node(ctx, id) }

func (q stubQuery) AlarmSummary(ctx context.Context, _ *model.AlarmFilter) (*model.AlarmSummary, error) {
	return q.summary(ctx)
}

func (q stubQuery) TenantInstances(
	ctx context.Context, _ model.TenantInstanceType, _ *int, _ *string, _ *int, _ *string,
) (*model.TenantInstanceConnection, error) {
	return q.rows(ctx)
}

// stubHost answers the edges of hosts.
type stubHost struct {
	graph.HostResolver

	regionOf func(ctx context.Context, hosts []*model.Host) ([]*model.Region, error)
	metrics  func(ctx context.Context, hosts []*model.Host) ([][]*model.MetricSeries, error)
	matches  func(ctx context.Context, hosts []*model.Host) ([]*model.DeviceHostMatch, error)
}

func (h stubHost) Region(ctx context.Context, hosts []*model.Host) ([]*model.Region, error) {
	return h.regionOf(ctx, hosts)
}

func (h stubHost) Metrics(
	ctx context.Context, hosts []*model.Host, _ *model.TimeRange, _ []string,
) ([][]*model.MetricSeries, error) {
	return h.metrics(ctx, hosts)
}

func (h stubHost) DeviceMatch(ctx context.Context, hosts []*model.Host) ([]*model.DeviceHostMatch, error) {
	return h.matches(ctx, hosts)
}

// stubRegion answers the edges of regions.
type stubRegion struct {
	graph.RegionResolver

	hosts func(ctx context.Context, regions []*model.Region) ([]*model.HostConnection, error)
}

func (r stubRegion) Hosts(
	ctx context.Context, regions []*model.Region, _ *model.HostFilter, _ *model.HostOrder, _ *int, _ *string, _ *int,
	_ *string,
) ([]*model.HostConnection, error) {
	return r.hosts(ctx, regions)
}
