// Package hosts is the source of physical hosts and of the virtual machines on them.
package hosts

import (
	"context"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// The upstream operations of hosts and the virtual machines on them.
const (
	Operation         = "listHostDetails"
	OperationMachines = "listHostVms"
)

// Source is the source of physical hosts: the whole list, which answers all queries of hosts, single hosts by id where
// that costs less, and the machines on a host, a fast call for each host.
type Source struct {
	// List holds the whole list, ByID single hosts, Machines those of a host by its id.
	List     cache.Set[struct{}, *List]
	ByID     cache.Set[string, *model.Host]
	Machines cache.Set[string, *Machines]
	// PlacementHosts is how many hosts an operation may ask for their machines to find out where machines are.
	PlacementHosts int

	// lastRows is how many hosts the last list of a scope had, by scope.
	lastRows dataset.ByScope[int]
	// quotaLeft returns how many calls the operation has left; nil where its quota is too large to matter.
	quotaLeft func(context.Context) int
	// pageSize is how many hosts a page of the list has.
	pageSize int
}

// List is one generation of the complete host list, by name and id, with its indexes.
type List struct {
	dataset.List[*model.Host]

	byID     map[string]*model.Host
	bySerial map[string]*model.Host
	// byOwnSerial, byAddress and byName hold nil where several hosts share the key.
	byOwnSerial map[string]*model.Host
	byAddress   map[string]*model.Host
	byName      map[dataset.RegionName]*model.Host
	summaries   dataset.Kept[dataset.Place[*model.Host], *model.HostSummary]
}

// New makes the source.
func New(cfg dataset.Config) (*Source, error) {
	lastRows, err := dataset.NewByScope[int](dataset.MostScopes)
	if err != nil {
		return nil, err
	}
	s := &Source{
		PlacementHosts: cfg.Windows.PlacementHosts, lastRows: lastRows, quotaLeft: cfg.HostQuotaLeft,
		pageSize: cfg.PageSize,
	}
	s.List = dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.HostDetail, *List]{
		Operation:    Operation,
		Ages:         cfg.Ages.Hosts,
		KeepOneEmpty: true,
		Row:          esm.HostDetail.RowKey,
		Read: func(ctx context.Context, _ struct{}) (cache.Fetched[esm.HostDetail], error) {
			list, err := cfg.ESM.HostDetails(ctx, cfg.UntilNow(cfg.Windows.Hosts), "")
			return dataset.FetchedOf(cfg, Operation, list, "REGION_ID"), err
		},
		Build: func(scope string, _ struct{}, f cache.Fetched[esm.HostDetail]) (*List, int64) {
			list := build(cfg.In(scope), f)
			s.lastRows.Put(scope, len(list.All))
			return list, int64(len(list.All)) * bytesOfHost
		},
		Regions: (*List).RegionCodes,
	})
	s.ByID = dataset.Add(cfg, cache.Dataset[string, esm.HostDetail, *model.Host]{
		Operation:   Operation,
		Ages:        cfg.Ages.Hosts,
		NotFoundFor: cfg.NotFoundFor,
		Key:         dataset.Itself,
		Fetch: dataset.Each(func(ctx context.Context, _, hostID string) (esm.HostDetail, bool, error) {
			list, err := cfg.ESM.HostDetails(ctx, cfg.UntilNow(cfg.Windows.Hosts), hostID)
			if err != nil {
				return esm.HostDetail{}, true, err
			}
			f := dataset.FetchedOf(cfg, Operation, list, "REGION_ID")
			f = dataset.Asked(ctx, cfg, Operation, "HOST_ID", f,
				func(h esm.HostDetail) bool { return h.HostID.String() == hostID })
			switch {
			case len(f.Records) > 0:
				return f.Records[0], true, nil
			case len(f.Gaps) > 0 || f.Foreign > 0 || f.Code != "": // the host may be there all the same
				return esm.HostDetail{}, true, dataset.GapError(Operation)
			default:
				return esm.HostDetail{}, false, nil
			}
		}),
		Build: func(scope, _ string, record esm.HostDetail) (*model.Host, int64) {
			return convertHost(cfg.In(scope), &hardware{}, &record), bytesOfHost
		},
	})
	s.addMachines(cfg)
	return s, nil
}

// bytesOfHost is about what a converted host takes in memory.
const bytesOfHost = 2500

func build(cfg dataset.Config, f cache.Fetched[esm.HostDetail]) *List {
	list := &List{
		byID:        make(map[string]*model.Host, len(f.Records)),
		bySerial:    make(map[string]*model.Host, len(f.Records)),
		byOwnSerial: make(map[string]*model.Host, len(f.Records)),
		byAddress:   make(map[string]*model.Host, len(f.Records)),
		byName:      make(map[dataset.RegionName]*model.Host, len(f.Records)),
	}
	hosts, texts := make([]*model.Host, 0, len(f.Records)), &hardware{}
	for i := range f.Records {
		host := convertHost(cfg, texts, &f.Records[i])
		if list.byID[host.HostID] != nil {
			continue
		}
		list.byID[host.HostID] = host
		hosts = append(hosts, host)
	}
	order := OrderOf(nil)
	list.List = dataset.NewList(dataset.Sorted(order, hosts), order, dataset.ExtentOf(f),
		func(h *model.Host) *string { return h.RegionCode })
	for _, host := range list.All {
		list.index(host)
	}
	return list
}

func (l *List) index(host *model.Host) {
	if host.SerialNumber != nil {
		if l.bySerial[*host.SerialNumber] == nil {
			l.bySerial[*host.SerialNumber] = host
		}
		dataset.IndexUnique(l.byOwnSerial, *host.SerialNumber, host)
	}
	for _, address := range host.IPAddresses {
		dataset.IndexUnique(l.byAddress, address, host)
	}
	if host.Name != nil && host.RegionCode != nil {
		dataset.IndexUnique(l.byName, dataset.RegionName{Region: *host.RegionCode, Name: *host.Name}, host)
	}
}

// ByID is the host with an id; nil when the list has none.
func (l *List) ByID(hostID string) *model.Host { return l.byID[hostID] }

// BySerialNumber is the host with a serial number; nil when the list has none.
func (l *List) BySerialNumber(serial string) *model.Host { return l.bySerial[serial] }

// ByAddress is the one host with an address; nil when none or more than one has it.
func (l *List) ByAddress(address string) *model.Host { return l.byAddress[address] }

// ByName is the one host with a name in a region; nil when none or more than one has it.
func (l *List) ByName(name dataset.RegionName) *model.Host { return l.byName[name] }

// Summary counts hosts of a part that pass a filter: once for the same question.
func (l *List) Summary(part dataset.Part[*model.Host], f dataset.Filter[*model.Host]) *model.HostSummary {
	counted, kept := l.Selected(part, f, OrderOf(nil))
	if !kept {
		return Summarise(counted)
	}
	return dataset.Once(&l.summaries, counted, 2*l.MostKept(), func() *model.HostSummary { return Summarise(counted) })
}

// OrderOf is the order that a query asks for; nil means the default one, by name and id.
func OrderOf(o *model.HostOrder) dataset.Order[*model.Host] {
	order := dataset.Order[*model.Host]{ID: func(h *model.Host) string { return h.HostID }}
	field := model.HostOrderFieldName
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.HostOrderFieldMemory:
		order.Name, order.Key = "hm", func(h *model.Host) model.SortKey { return dataset.NumberKey(h.MemoryGib) }
	case model.HostOrderFieldCluster:
		order.Name, order.Key = "hc", func(h *model.Host) model.SortKey { return dataset.TextKey(h.Cluster) }
	case model.HostOrderFieldRack:
		order.Name, order.Key = "hr", func(h *model.Host) model.SortKey { return dataset.TextKey(h.Rack) }
	case model.HostOrderFieldName:
		order.Name, order.Key = "hn", func(h *model.Host) model.SortKey { return dataset.TextKey(h.Name) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// Filter is what a query asks of hosts; nil lets every host pass.
func Filter(f *model.HostFilter) dataset.Filter[*model.Host] {
	if f == nil {
		return dataset.Filter[*model.Host]{}
	}
	return dataset.Filter[*model.Host]{
		Fields: []dataset.Field[*model.Host]{
			{Name: "region", Of: func(h *model.Host) *string { return h.RegionCode }, Wanted: f.Regions},
			{Name: "id", Of: func(h *model.Host) *string { return &h.HostID }, Wanted: f.HostIds},
			{Name: "serial", Of: func(h *model.Host) *string { return h.SerialNumber }, Wanted: f.SerialNumbers},
			{Name: "cluster", Of: func(h *model.Host) *string { return h.Cluster }, Wanted: f.Clusters},
			{Name: "zone", Of: func(h *model.Host) *string { return h.AvailabilityZone }, Wanted: f.AvailabilityZones},
			{Name: "architecture", Of: func(h *model.Host) *string { return h.CPUArchitecture }, Wanted: f.CPUArchitectures},
			{Name: "rack", Of: func(h *model.Host) *string { return h.Rack }, Wanted: f.Racks},
			{Name: "room", Of: func(h *model.Host) *string { return h.Room }, Wanted: f.Rooms},
		},
		Contains: dataset.Contains[*model.Host]{
			Name: "name", Of: []func(*model.Host) *string{func(h *model.Host) *string { return h.Name }},
			Text: dataset.Text(f.NameContains),
		},
		Also: dataset.Contains[*model.Host]{
			Name: "texts", Of: textsOfHost(), Lists: listsOfHost(), Text: dataset.Text(f.TextContains),
		},
	}
}

// textsOfHost are what someone who looks for a host may know of it: what it is called, and where it stands.
func textsOfHost() []func(*model.Host) *string {
	return []func(*model.Host) *string{
		func(h *model.Host) *string { return h.Name }, func(h *model.Host) *string { return &h.HostID },
		func(h *model.Host) *string { return h.SerialNumber }, func(h *model.Host) *string { return h.Cluster },
		func(h *model.Host) *string { return h.Pod }, func(h *model.Host) *string { return h.AvailabilityZone },
		func(h *model.Host) *string { return h.DataCenter }, func(h *model.Host) *string { return h.Room },
		func(h *model.Host) *string { return h.Rack },
	}
}

// listsOfHost are further ones: where it is reached, and its processors.
func listsOfHost() []func(*model.Host) []string {
	return []func(*model.Host) []string{
		func(h *model.Host) []string { return h.IPAddresses }, func(h *model.Host) []string { return h.MacAddresses },
		func(h *model.Host) []string {
			var models []string
			for _, processor := range h.Processors {
				if processor.Model != nil {
					models = append(models, *processor.Model)
				}
			}
			return models
		},
	}
}

// AlarmHost is the host that an alarm is about and by what it was recognised.
type AlarmHost struct {
	Host  *model.Host
	Match model.AlarmHostMatch
}

// OfAlarm is the host that an alarm is about; false when none or more than one was recognised. It tries, surest first,
// a serial number, an address and the object's name; the first that names exactly one host counts.
func (l *List) OfAlarm(alarm *model.Alarm) (AlarmHost, bool) {
	if host := dataset.OnlyOne(alarm.SerialNumbers, l.byOwnSerial); host != nil {
		return AlarmHost{host, model.AlarmHostMatchSerialNumber}, true
	}
	if host := dataset.OnlyOne(alarm.Addresses, l.byAddress); host != nil {
		return AlarmHost{host, model.AlarmHostMatchAddress}, true
	}
	if alarm.ManagedElement != nil && alarm.ManagedElement.Name != nil && alarm.RegionCode != nil {
		name := dataset.RegionName{Region: *alarm.RegionCode, Name: *alarm.ManagedElement.Name}
		if host := l.byName[name]; host != nil {
			return AlarmHost{host, model.AlarmHostMatchName}, true
		}
	}
	return AlarmHost{}, false
}
