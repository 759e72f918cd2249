package gateway

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/resolvers"
)

// HandlerWithoutTracing is the handler of a gateway that traces nothing, without the stages of traces: what it would be
// if there were none.
func HandlerWithoutTracing(of Gateway) (http.Handler, error) {
	g, ok := of.(*replica)
	if !ok {
		return nil, errors.New("another implementation")
	}
	e := g.present()
	p, err := e.newParts()
	if err != nil {
		return nil, err
	}
	stages := slices.DeleteFunc(e.newStages(p), func(s stage) bool { return strings.HasPrefix(s.name, "trace") })
	server := newServer(p.schema)
	server.SetQueryCache(p.documents)
	server.SetErrorPresenter(resolvers.Presenter(g.logger, g.now))
	register(stages, server, nil)
	return around(stages, server), nil
}
