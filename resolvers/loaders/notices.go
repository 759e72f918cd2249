package loaders

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
)

// Notice is a sentence for clients on rows of the upstream that an answer lacks, or has otherwise than sent, although
// its fields have values.
type Notice struct {
	// Operation is the upstream operation.
	Operation string
	// Sentence is complete, and may have words of the upstream.
	Sentence string
	// Lacks is set where an answer lacks something of which the gateway itself, and no upstream, is the source.
	Lacks bool
}

// notice notes a sentence on what an upstream sent.
func (u *uses) notice(operation, sentence string) {
	u.say(Notice{Operation: operation, Sentence: sentence})
}

// say notes a notice, once however often it is said.
func (u *uses) say(one Notice) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !slices.Contains(u.notices, one) {
		u.notices = append(u.notices, one)
	}
}

// Notices are the notices of the operation so far, in the order of operations and sentences.
func (s *Set) Notices() []Notice {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	return slices.SortedFunc(slices.Values(s.uses.notices), func(a, b Notice) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Sentence, b.Sentence))
	})
}

// noticeStrays notes the rows of a list of capacity that are in no region, and those that are in no range where one is
// asked. of is what the list is about.
func (s *Set) noticeStrays(operation, of string, strays capacity.Strays, ranged bool) {
	for _, sentence := range strays.Sentences(of, ranged) {
		s.uses.notice(operation, sentence)
	}
}

// noticeTotals notes which rows totals count under a name, and which they leave out.
func (s *Set) noticeTotals(service model.CloudServiceType, of *capacity.List) {
	for _, sentence := range of.SentencesOnTotals(service) {
		s.uses.notice(capacity.OperationService, sentence)
	}
}
