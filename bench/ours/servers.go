package ours

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// variant is one way to set a gateway up.
type variant struct {
	name string // in tables
	// before means the earlier commit.
	before bool
	// settings are NAME=value. One that the binary does not know leaves the variant out.
	settings []string
}

// Settings of the variants.
const (
	executorGqlgen = "OPSGRAPH_EXECUTOR=gqlgen"
	executorPlan   = "OPSGRAPH_EXECUTOR=plan"
	noKept         = "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0"
)

// Names of the variants.
const (
	floorName  = "net/http, the same bytes"
	bareName   = "net/http, the body alone"
	BeforeName = "before (" + site.Before + ")"
	GqlgenName = "gqlgen's executor"
	PlanName   = "plan alone"
	KeptName   = "kept answers"
)

// Variant is a gateway of the tree with settings, NAME=value.
type Variant struct {
	Name     string
	Settings []string
}

// withoutStore is the setting that leaves out the store of answers, where a gateway has one.
func withoutStore(ctx context.Context, binary string) []string {
	if site.Knows(ctx, binary, noKept) {
		return []string{noKept}
	}
	return nil
}

// Variants are the ways in which the gateway of the tree answers: with the store of answers only where it is measured.
func Variants(ctx context.Context, binary string) []Variant {
	off := withoutStore(ctx, binary)
	with := func(settings ...string) []string { return append(slices.Clone(off), settings...) }
	if !site.Knows(ctx, binary, executorPlan) {
		return []Variant{{GqlgenName, off}}
	}
	all := []Variant{{GqlgenName, with(executorGqlgen)}, {PlanName, with(executorPlan)}}
	if len(off) > 0 {
		all = append(all, Variant{KeptName, []string{executorPlan}})
	}
	return all
}

// variants are those of the tree, and the earlier commit.
func (s *session) variants() []variant {
	var all []variant
	for _, v := range Variants(s, s.tree) {
		all = append(all, variant{name: v.Name, settings: v.Settings})
	}
	return append(all, variant{name: BeforeName, before: true})
}

// shipped is the gateway of the tree with its defaults, and the earlier one where there is one: what those scenes
// compare that are not about executors.
func (s *session) shipped() []variant {
	both := []variant{{name: nowName}}
	if s.before != "" {
		both = append(both, variant{name: BeforeName, before: true})
	}
	return both
}

// nowName is the tree with its defaults.
const nowName = "now"

// start starts a gateway of a variant.
func (s *session) start(v *variant, u *site.Upstream, settings ...string) (*site.Gateway, error) {
	binary := s.tree
	if v.before {
		binary = s.before
	}
	return s.Gateway(v.name, binary, u, append(append([]string{}, v.settings...), settings...)...)
}

var errDiffers = errors.New("two servers answer differently")

// sameData holds the answers to a body against each other: byte for byte within the tree, as JSON with the earlier one.
func sameData(servers []server, body string) error {
	var first []byte
	var of string
	for i := range servers {
		data, _, err := site.Data(servers[i].URL, body)
		if err != nil {
			return fmt.Errorf("%s: %w", servers[i].name, err)
		}
		switch {
		case first == nil && !servers[i].before:
			first, of = data, servers[i].name
		case servers[i].before && first != nil && !site.SameJSON(first, data),
			!servers[i].before && string(first) != string(data):
			return fmt.Errorf("%w: %s and %s to %s:\n%.300s\n%.300s", errDiffers, of, servers[i].name, body, first, data)
		}
	}
	return nil
}

// server is a running variant.
type server struct {
	work.Server
	variant

	gateway *site.Gateway // nil of net/http
}

func serverOf(v variant, g *site.Gateway) server {
	return server{variant: v, Server: work.Server{Name: v.name, URL: g.URL, Process: g.Process}, gateway: g}
}
