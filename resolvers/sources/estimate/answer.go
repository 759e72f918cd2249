package estimate

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// Answer is what one reading asks for. An empty one asks for nothing, as where the arguments would be refused.
type Answer struct {
	Lists []List
	Keys  []Keys
	// Command marks a call that is sent once for each field.
	Command bool
	// OwnProject means that the project of the gateway's own token is asked for.
	OwnProject bool
}

// List is a set of data that is read as a whole.
type List struct {
	// Part names the set among those of the operation.
	Part string
	// Parameters are those of the call that are known.
	Parameters map[string]string
	Holding    cache.Holding
	// Pages is how many calls are expected of a list that was never read; zero means the reading's Calls.
	Pages int
	// Shared marks a list that every query reads, whatever its arguments.
	Shared bool
	// Certain means that the operation surely asks for it.
	Certain bool
	// Key is the key under which it is read, where that is the same at every moment; nil where it is not.
	Key any
}

// Answer is the answer with this list alone.
func (l List) Answer() Answer { return Answer{Lists: []List{l}} }

// Keys are data that are read by key, such as what belongs to one host.
type Keys struct {
	// Part names the set among those of the operation.
	Part string
	// Parameter is the name of the key in the upstream's call; empty when that can't be said.
	Parameter string
	// Calls is how many calls a key has, Expected how many of them are expected, and Batch how many keys share a call.
	Calls, Expected, Batch int
	// Holdings are the known keys; Certain means that they are surely asked for.
	Holdings map[string]cache.Holding
	Certain  bool
	// Others is how many further keys may be asked for that are not known yet.
	Others int
	// Ceiling is how many different keys there can be altogether; -1 when that is not known.
	Ceiling int
	// Searched are keys with a limit of their own, Most; Unknown is how many there may be while they are not known.
	Searched      map[string]cache.Holding
	Most, Unknown int
}

// NewKeys is a set without keys, each of which is a call.
func NewKeys(part, parameter string) Keys {
	return Keys{
		Part: part, Parameter: parameter, Calls: 1, Expected: 1, Batch: 1, Ceiling: -1,
		Holdings: map[string]cache.Holding{}, Searched: map[string]cache.Holding{},
	}
}

// OneKey is the answer with one key that is known.
func OneKey(part, parameter, key string, holding cache.Holding) Answer {
	keys := NewKeys(part, parameter)
	keys.Holdings[key] = holding
	return keys.Answer()
}

// Answer is the answer with these keys alone.
func (k Keys) Answer() Answer { return Answer{Keys: []Keys{k}} }

// OfParents is the answer with a key for each parent, none of which is known.
func (k Keys) OfParents(q Question) Answer {
	k.Others = q.Parents.Most
	return k.Answer()
}

// OfHosts is the answer with the keys of the parents, which are hosts; add adds what one of them has.
func (k Keys) OfHosts(q Question, all Hosts, add func(Keys, *model.Host)) Answer {
	if held, ok := all(q, nil); ok {
		k.Ceiling = len(held)
	}
	if q.Parents.Hosts == nil {
		return k.OfParents(q)
	}
	k.Certain, k.Holdings = q.Certain, make(map[string]cache.Holding, len(q.Parents.Hosts))
	for _, host := range q.Parents.Hosts {
		add(k, host)
	}
	return k.Answer()
}
