package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addScreenLoaders(ctx context.Context) {
	scope, maxAge, screens := s.options.Scope, s.options.MaxAge, s.sources.Screens
	s.screens = newLoader(ctx, s, sources.OperationScreenData,
		func(ctx context.Context, shareID string) (answer[*model.SharedScreen], bool) {
			outcome, ok := screens.Peek(ctx, scope, shareID)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, shareIDs []string) map[string]answer[*model.SharedScreen] {
			answers := make(map[string]answer[*model.SharedScreen], len(shareIDs))
			for shareID, outcome := range screens.Load(ctx, scope, shareIDs, maxAge) {
				answers[shareID] = fromOutcome(outcome)
			}
			return answers
		})
}

// SharedScreen is the data behind a share; never nil without an error.
func (s *Set) SharedScreen(ctx context.Context, shareID string) (*model.SharedScreen, error) {
	a := s.screens.one(ctx, shareID)
	return a.value, a.err
}
