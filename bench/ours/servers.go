package ours

import (
	"errors"
	"fmt"

	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/bench/site"
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
	noKept         = "OPSGRAPH_KEPT_BYTES=0"
	noRendered     = "OPSGRAPH_RENDERED_BYTES=0"
)

// Names of the variants.
const (
	floorName    = "net/http, the same bytes"
	beforeName   = "before (" + site.Before + ")"
	gqlgenName   = "gqlgen's executor"
	planName     = "plan alone"
	renderedName = "plan, rendered records"
	keptName     = "kept answers"
)

// variants are all of them. Those that leave a store out do so where the tree has it.
func (s *session) variants() []variant {
	off := func(settings ...string) []string {
		var known []string
		for _, one := range settings {
			if site.Knows(s, s.tree, one) {
				known = append(known, one)
			}
		}
		return known
	}
	all := []variant{{name: beforeName, before: true}}
	if site.Knows(s, s.tree, executorPlan) {
		all = append(all,
			variant{name: gqlgenName, settings: append(off(noKept, noRendered), executorGqlgen)},
			variant{name: planName, settings: append(off(noKept, noRendered), executorPlan)})
	} else {
		all = append(all, variant{name: gqlgenName, settings: off(noKept, noRendered)})
	}
	if site.Knows(s, s.tree, noRendered) {
		all = append(all, variant{name: renderedName, settings: append(off(noKept), executorPlan)})
	}
	if site.Knows(s, s.tree, noKept) {
		all = append(all, variant{name: keptName, settings: []string{executorPlan}})
	}
	return all
}

// shipped is the gateway of the tree with its defaults, and the earlier one where there is one: what those scenes
// compare that are not about executors.
func (s *session) shipped() []variant {
	both := []variant{{name: nowName}}
	if s.before != "" {
		both = append(both, variant{name: beforeName, before: true})
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
		data, _, err := site.Data(servers[i].url, body)
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
	variant
	*machine.Process

	url     string
	gateway *site.Gateway // nil of net/http
}
