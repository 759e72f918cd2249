package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
)

// SharedScreen is the data of a share; never nil without an error.
func (s *Set) SharedScreen(ctx context.Context, shareID string) (*model.SharedScreen, error) {
	a := load(s, s.sources.Screens).one(ctx, shareID)
	return a.value, a.err
}
