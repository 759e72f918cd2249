// Package estimate holds what the estimate of a query asks the sources, and what they answer: which sets of data a
// field would read, and what memory holds of each. A source answers for its own operations; package cost works out the
// calls. Nothing in this package knows GraphQL or an upstream, and an answer begins no work.
package estimate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// Per is what one reading of an operation covers, by the values of the schema's UpstreamReading.
type Per string

// The ways of reading.
const (
	PerList      Per = "LIST"
	PerType      Per = "TYPE"
	PerArguments Per = "ARGUMENTS"
	PerParent    Per = "PARENT"
	PerRegion    Per = "REGION"
	PerID        Per = "ID"
	PerCommand   Per = "COMMAND"
)

// Table is what all sources answer.
type Table struct {
	// Operations are the upstream operations, by name.
	Operations map[string]Operation
	// Objects says what is known of the objects that a field leads to, by the name of their type, beyond what the
	// schema says. A type without an entry is one of which nothing is known.
	Objects map[string]func(Question, Objects) Objects
	// Counts read the whole lists whose lengths bound what other operations are asked for, by operation: one may be read
	// before a query is refused for a number that the list would show.
	Counts map[string]func(ctx context.Context, scope string, maxAge time.Duration) error
	// RegionKnown reports whether a region is known without the host list.
	RegionKnown func(scope, code string) bool
}

// Func answers one reading.
type Func func(Question) Answer

// Operation is what a source answers for one upstream operation: for each way in which fields read it.
type Operation struct {
	// PageRows is how many rows a call of a list has; 0 for a list that is one call.
	PageRows int
	// List, Type, Arguments, Parent, Region and Command are the answers by what one reading covers; nil where there
	// is no such reading.
	List, Type, Arguments, Parent, Region, Command Func
	// IDs are the answers by the kind of thing that an id stands for.
	IDs map[model.Kind]Func
	// Types are the types of readings by type, of the types that the parents may have; all where those are nil.
	// certain means that each of them is read when the field is resolved. Only with Type.
	Types func(parent string, ofParents []string) (types []string, certain bool)
}

// For is the answer for a way of reading that is not by id; nil when there is none.
func (o Operation) For(per Per) Func {
	switch per {
	case PerList:
		return o.List
	case PerType:
		return o.Type
	case PerArguments:
		return o.Arguments
	case PerParent:
		return o.Parent
	case PerRegion:
		return o.Region
	case PerCommand:
		return o.Command
	case PerID: // by kind
	}
	return nil
}

// Check fails when the operation has no answer for a way of reading.
func (o Operation) Check(per Per) error {
	answered := o.For(per) != nil && (per != PerType || o.Types != nil)
	if per == PerID {
		answered = len(o.IDs) > 0
	}
	if !answered {
		return fmt.Errorf("%w for a reading per %s", ErrNoAnswer, per)
	}
	return nil
}

// ErrNoAnswer means that the estimate would ask for something that no source answers for.
var ErrNoAnswer = errors.New("no source answers the estimate")

// Command is the answer of an operation that is a command.
func Command() Operation {
	return Operation{Command: func(Question) Answer { return Answer{Command: true} }}
}

// WholeList is the answer of an operation whose one list every query reads, also for a thing of the kind.
func WholeList(pageRows int, kind model.Kind, look func(scope string) cache.Holding) Operation {
	whole := func(q Question) Answer {
		return List{Holding: look(q.Scope), Shared: true, Certain: q.Certain, Key: struct{}{}}.Answer()
	}
	return Operation{PageRows: pageRows, List: whole, IDs: map[model.Kind]Func{kind: whole}}
}

// Question is what the estimate asks for one reading of a field.
type Question struct {
	// Scope is the tenant whose data are read, DomainID the account that the caller came with.
	Scope, DomainID string
	Conditions
	// Arguments are the field's.
	Arguments Arguments
	// Parent is the type of the objects that have the field, empty at the root, and Parents is what is known of them.
	Parent  string
	Parents Objects
	// Calls, Minutes and Batch are what the schema assumes of the reading: see @upstream.
	Calls, Minutes, Batch int
	// Size is how many items the field's list has at most; Page marks a connection.
	Size int
	Page bool
	// Type is what a reading by type is asked for, ID what a reading by id is.
	Type string
	ID   model.GlobalID
	// Certain means that the field is surely resolved.
	Certain bool
}

// Objects are what is known beforehand of the objects at one place of an answer.
type Objects struct {
	// Least and Most are how many there are.
	Least, Most int
	// Hosts are the objects where they are hosts and known by now; nil when they are not.
	Hosts []*model.Host
	// Regions are the codes of the regions that the objects are, or lie in; nil when they are not known.
	Regions []string
	// Types are the types that the objects may have, each of which one has when there are any; nil when they are not
	// known.
	Types []string
}

// Hosts gives the hosts of regions, nil meaning all, as far as an operation would be answered from memory; false
// when it would not.
type Hosts func(q Question, regions []string) ([]*model.Host, bool)
