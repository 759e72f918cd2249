package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// OperationScreenData is the upstream operation behind shared screens.
const OperationScreenData = "getScreenData"

// Screens is the source of shared screens: a call for each share. The call sends no credentials; what it brings is kept by tenant all
// the same.
type Screens struct {
	byShare *cache.Many[string, json.RawMessage, *model.SharedScreen]
}

func newScreens(cfg Config) (*Screens, error) {
	byShare, err := cache.NewMany(cache.ManyConfig[string, json.RawMessage, *model.SharedScreen]{
		Operation: OperationScreenData,
		Ages:      cfg.Ages.Metrics,
		Tiers:     cfg.Tiers,
		Text:      func(shareID string) string { return shareID },
		Fetch: func(ctx context.Context, _ string, shareIDs []string) map[string]cache.Result[json.RawMessage] {
			return each(ctx, shareIDs, func(ctx context.Context, shareID string) (json.RawMessage, bool, error) {
				data, err := cfg.ESM.ScreenData(lane(ctx), shareID)
				if err != nil {
					return nil, true, asFetchError(err)
				}
				screen, err := screenData(data)
				return screen, true, err
			})
		},
		Build: func(shareID string, data json.RawMessage) (*model.SharedScreen, int64) {
			return model.NewSharedScreen(shareID, data), int64(len(data)) + bytesOfScreen
		},
	})
	if err != nil {
		return nil, fmt.Errorf("shared screens: %w", err)
	}
	return &Screens{byShare: byShare}, nil
}

func (s *Screens) close() { s.byShare.Close() }

// Peek gives a screen when memory has it; it never waits.
func (s *Screens) Peek(ctx context.Context, scope, shareID string) (cache.Outcome[*model.SharedScreen], bool) {
	return s.byShare.Peek(ctx, scope, shareID)
}

// Load gives screens, each fetched when it must be.
func (s *Screens) Load(
	ctx context.Context, scope string, shareIDs []string, maxAge time.Duration,
) map[string]cache.Outcome[*model.SharedScreen] {
	return s.byShare.Get(ctx, scope, shareIDs, maxAge)
}

// bytesOfScreen is about what a screen takes in memory beside its data.
const bytesOfScreen = 200

// screenData is the answer in the one notation in which it stays the same through the cache; an empty object when there is none.
func screenData(data json.RawMessage) (json.RawMessage, error) {
	if len(data) == 0 {
		return json.RawMessage("{}"), nil
	}
	canonical, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("screen data: %w", err)
	}
	return canonical, nil
}
