package hosts

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// hardware reads the texts about hardware of one list, each distinct text once: a site has a few models of servers, and
// the texts of one are alike. What it returns is shared by hosts and never changes.
type hardware struct {
	processors part[[]*model.Processor]
	memory     part[memory]
	disks      part[[]*model.HostDisk]
}

// memory is what a text says of a host's memory; gib is nil unless the sizes of all modules are known.
type memory struct {
	modules []*model.MemoryModule
	gib     *float64
}

// mostTexts bounds the texts of one kind that are remembered.
const mostTexts = 1024

// part holds what was read in the texts of one kind, by the text.
type part[V any] map[string]reading[V]

// reading is what a text says. Neither ok nor unreadable: there is none.
type reading[V any] struct {
	value          V
	ok, unreadable bool
}

// of is what a text says: as remembered, or as read now.
func (p *part[V]) of(text string, read func() reading[V]) reading[V] {
	if known, ok := (*p)[text]; ok {
		return known
	}
	now := read()
	if *p == nil {
		*p = part[V]{}
	}
	if len(*p) < mostTexts {
		(*p)[text] = now
	}
	return now
}

func (h *hardware) processorsOf(r *esm.HostDetail) reading[[]*model.Processor] {
	return h.processors.of(r.CPU.Raw(), func() reading[[]*model.Processor] {
		records, ok := r.CPU.Value()
		if !ok {
			return reading[[]*model.Processor]{unreadable: r.CPU.Unreadable()}
		}
		return reading[[]*model.Processor]{value: convertProcessors(records), ok: true}
	})
}

func (h *hardware) memoryOf(r *esm.HostDetail) reading[memory] {
	return h.memory.of(r.Memory.Raw(), func() reading[memory] {
		records, ok := r.Memory.Value()
		if !ok {
			return reading[memory]{unreadable: r.Memory.Unreadable()}
		}
		modules := convertMemoryModules(records)
		return reading[memory]{value: memory{modules, sumOfMemory(modules)}, ok: true}
	})
}

func (h *hardware) disksOf(r *esm.HostDetail) reading[[]*model.HostDisk] {
	return h.disks.of(r.Disk.Raw(), func() reading[[]*model.HostDisk] {
		records, ok := r.Disks()
		if !ok {
			return reading[[]*model.HostDisk]{unreadable: r.Disk.Unreadable()}
		}
		return reading[[]*model.HostDisk]{value: convertDisks(records), ok: true}
	})
}
