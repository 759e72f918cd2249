// Package screens is the source of shared screens: a call for each share, without credentials, kept by tenant all the
// same.
package screens

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Operation is the upstream operation of shared screens.
const Operation = "getScreenData"

// New makes the source: screens by share id.
func New(cfg dataset.Config) cache.Set[string, *model.SharedScreen] {
	return dataset.Add(cfg, cache.Dataset[string, json.RawMessage, *model.SharedScreen]{
		Operation: Operation,
		Ages:      cfg.Ages.Metrics,
		Key:       dataset.Itself,
		Fetch: dataset.Each(func(ctx context.Context, _, shareID string) (json.RawMessage, bool, error) {
			data, err := cfg.ESM.ScreenData(ctx, shareID)
			if err != nil {
				return nil, true, err
			}
			screen, err := screenData(data)
			return screen, true, err
		}),
		Build: func(_, shareID string, data json.RawMessage) (*model.SharedScreen, int64) {
			return model.NewSharedScreen(shareID, data), int64(len(data)) + bytesOfScreen
		},
	})
}

// bytesOfScreen is about what a screen takes in memory beside its data.
const bytesOfScreen = 200

// screenData is the answer in the notation in which it passes the cache unchanged; an empty object for an empty answer.
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
