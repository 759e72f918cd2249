// Package regions knows which regions there are.
package regions

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Source knows which regions there are. The upstream has no call that lists them: they come from the configuration,
// from the host list and from every other answer that names one. The names that a region shows come from the
// configuration alone; those by which rows are recognised also from answers that have them beside the code.
type Source struct {
	configured      map[string]*model.Region
	configuredNames *dataset.RegionNames

	shared *registry.Registry
	now    func() time.Time
	logger *slog.Logger

	learned dataset.ByScope[learnedRegions]

	changes atomic.Uint64 // of what is known to any scope

	mu     sync.RWMutex // orders changes of learned
	models map[string]*model.Region
}

// learnedRegions are the codes that answers to one tenant have named, in order and never changed, the names that they
// had beside codes, these with the configured ones, and when they were last exchanged with other replicas.
type learnedRegions struct {
	codes    []string
	names    *dataset.RegionNames
	allNames *dataset.RegionNames
	synced   time.Time
	revision uint64 // of no other state, of this scope or another
}

// mostLearned bounds the codes that are known of a tenant, and the values that are shared: no site has as many regions.
const mostLearned = 1000

// New makes the source of the configured regions.
func New(cfg dataset.Config) (*Source, error) {
	r := &Source{
		shared: cfg.Commands, now: cfg.Now, logger: cfg.Logger,
		configured:      map[string]*model.Region{},
		configuredNames: dataset.NewRegionNames(cfg.Regions),
		models:          map[string]*model.Region{},
	}
	var err error
	if r.learned, err = dataset.NewByScope[learnedRegions](dataset.MostScopes); err != nil {
		return nil, err
	}
	for _, c := range cfg.Regions {
		r.configured[c.Code] = model.NewRegion(c.Code, c.Name, c.NameEn)
	}
	return r, nil
}

// Revision changes with what is known of regions to a scope: an answer made before may lack some.
func (r *Source) Revision(scope string) uint64 {
	known, _ := r.learned.Value(scope)
	return known.revision
}

// Configured reports whether the configuration names the region.
func (r *Source) Configured(code string) bool { return r.configured[code] != nil }

// Known reports whether the configuration or any answer given to the scope has named the region.
func (r *Source) Known(scope, code string) bool {
	if r.Configured(code) {
		return true
	}
	_, known := slices.BinarySearch(r.learnedCodes(scope), code)
	return known
}

// Codes are the known regions of a scope and the given further ones, in order and each once.
func (r *Source) Codes(scope string, further ...string) []string {
	codes := slices.Concat(slices.Collect(maps.Keys(r.configured)), r.learnedCodes(scope), further)
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Named is the region with a code; nil for what no region can have as its code: names of regions are none.
func (r *Source) Named(code string) *model.Region {
	if region := r.configured[code]; region != nil {
		return region
	}
	if !dataset.IsCode(code) {
		return nil
	}
	return r.Region(code)
}

// Region is the region with a code, known or not; one shared value for each code.
func (r *Source) Region(code string) *model.Region {
	if region := r.configured[code]; region != nil {
		return region
	}
	r.mu.RLock()
	region := r.models[code]
	r.mu.RUnlock()
	if region == nil {
		region = model.NewRegion(code, "", "")
	}
	return region
}

// Learn remembers regions that an answer to the scope has named. What can't be a code is no region.
func (r *Source) Learn(scope string, codes []string) {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return !dataset.IsCode(code) })
	r.mu.Lock()
	defer r.mu.Unlock()
	known, _ := r.learned.Value(scope)
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(known.codes, codes))))
	if len(all) > len(known.codes) {
		if all = all[:min(len(all), mostLearned)]; !slices.Equal(all, known.codes) {
			known.revision = r.changes.Add(1)
		}
		known.codes = all
		r.learned.Put(scope, known)
	}
	for _, code := range codes {
		if r.models[code] == nil && r.configured[code] == nil && len(r.models) < mostLearned {
			r.models[code] = model.NewRegion(code, "", "")
		}
	}
}

// Names are the names of regions that are known to a scope: the configured ones, then those of answers to it.
func (r *Source) Names(scope string) *dataset.RegionNames {
	if known, _ := r.learned.Value(scope); known.allNames != nil {
		return known.allNames
	}
	return r.configuredNames
}

// LearnNames remembers what an answer to the scope calls regions.
func (r *Source) LearnNames(scope string, labels []dataset.RegionLabel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, _ := r.learned.Value(scope)
	names := known.names.With(slices.DeleteFunc(slices.Clone(labels), func(l dataset.RegionLabel) bool {
		return l.Code != "" && !dataset.CodePattern.MatchString(l.Code)
	}))
	if names == known.names {
		return
	}
	known.names, known.allNames, known.revision = names, r.configuredNames.Over(names), r.changes.Add(1)
	r.learned.Put(scope, known)
}

const (
	kindRegions = "regions"
	kindNames   = "region-names"
	// regionsSync is how often a replica exchanges learned regions with the others, at most.
	regionsSync = 30 * time.Second
	// regionsRemembered is how long a region is known after the last answer that named it.
	regionsRemembered = 30 * 24 * time.Hour
)

// Sync exchanges the learned regions and names of a scope with the other replicas, now and then, so that all know the
// same ones and a restart forgets none. Without a shared registry it does nothing; one that fails is tried again later.
func (r *Source) Sync(ctx context.Context, scope string) {
	if !r.shared.Shared() || !r.due(scope) {
		return
	}
	exchange(ctx, r, kindRegions, scope, func(theirs []string) []string {
		r.Learn(scope, theirs)
		return r.learnedCodes(scope)
	})
	exchange(ctx, r, kindNames, scope, func(theirs []dataset.RegionLabel) []dataset.RegionLabel {
		r.LearnNames(scope, theirs)
		known, _ := r.learned.Value(scope)
		return known.names.Labels()
	})
}

// exchange reads what the other replicas know, joins it with what is known here, and stores the union where that has
// more.
func exchange[V comparable](ctx context.Context, r *Source, kind, scope string, join func(theirs []V) []V) {
	held, _, err := r.shared.Value(ctx, kind, scope)
	if err != nil {
		r.logger.DebugContext(ctx, "what replicas share not read", slog.String("kind", kind), slog.Any("error", err))
		return
	}
	var theirs []V
	if held != nil && json.Unmarshal(held, &theirs) != nil {
		theirs = nil // unreadable: written anew
	}
	ours := join(theirs)
	if slices.Equal(ours, theirs) || len(ours) == 0 {
		return
	}
	union, err := json.Marshal(ours)
	if err == nil {
		err = r.shared.Put(ctx, kind, scope, union, regionsRemembered)
	}
	if err != nil {
		r.logger.DebugContext(ctx, "not shared with replicas", slog.String("kind", kind), slog.Any("error", err))
	}
}

// due reports whether an exchange is due, and notes that it is under way.
func (r *Source) due(scope string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	known, _ := r.learned.Value(scope)
	if !known.synced.IsZero() && now.Sub(known.synced) < regionsSync {
		return false
	}
	known.synced = now
	r.learned.Put(scope, known)
	return true
}

func (r *Source) learnedCodes(scope string) []string {
	known, _ := r.learned.Value(scope)
	return known.codes
}
