package hosts

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// convertHost turns a record, which has a host id, into a host; texts are those of its list about hardware.
func convertHost(cfg dataset.Config, texts *hardware, r *esm.HostDetail) *model.Host {
	macs, addresses := splitAddresses(r.ManagementIP.String())
	host := &model.Host{
		ID:               model.NewID(model.KindHost, r.HostID.String()),
		HostID:           r.HostID.String(),
		SerialNumber:     r.SerialNumber.Ptr(),
		Name:             r.HostName.Ptr(),
		RegionCode:       cfg.RegionIn(r.RegionID, Operation, "REGION_ID"),
		AvailabilityZone: r.ZoneCode.Ptr(),
		Manufacturer:     r.Manufacturer.Ptr(),
		Kernel:           r.Kernel.Ptr(),
		CPUArchitecture:  r.Architecture.Ptr(),
		MacAddresses:     macs,
		IPAddresses:      addresses,
		NetworkAdapter:   r.NetworkAdapter.Ptr(),
		Raid:             r.RAID.Ptr(),
		Cluster:          r.ClusterName.Ptr(),
		Pod:              r.PodCode.Ptr(),
		Room:             r.RoomCode.Ptr(),
		Rack:             r.RackCode.Ptr(),
		DataCenter:       r.DataCenterCode.Ptr(),
	}
	processors, modules, disks := texts.processorsOf(r), texts.memoryOf(r), texts.disksOf(r)
	host.Processors, host.Disks = processors.value, disks.value
	host.MemoryModules, host.MemoryGib = modules.value.modules, modules.value.gib
	if processors.unreadable {
		cfg.Unreadable(Operation, "CPU")
	}
	if modules.unreadable {
		cfg.Unreadable(Operation, "MEMORY")
	}
	if disks.unreadable {
		cfg.Unreadable(Operation, "DISK")
	}
	return host
}

func convertProcessors(records []esm.Processor) []*model.Processor {
	processors := make([]*model.Processor, 0, len(records))
	for _, r := range records {
		processors = append(processors, &model.Processor{
			Model: r.Model.Ptr(), Sockets: dataset.WholeNumber(r.Sockets), Cores: dataset.WholeNumber(r.Cores),
			Threads: dataset.WholeNumber(r.Threads),
		})
	}
	return processors
}

func convertMemoryModules(records []esm.MemoryModule) []*model.MemoryModule {
	modules := make([]*model.MemoryModule, 0, len(records))
	for _, r := range records {
		module := &model.MemoryModule{
			SizeGib: sizeIn(r.Size.String(), gibibytes()), Manufacturer: r.Manufacturer.Ptr(), Type: r.Type.Ptr(),
		}
		frequencies := map[string]float64{"mhz": 1, "mt/s": 1, "ghz": 1000}
		if megahertz := sizeIn(r.Frequency.String(), frequencies); megahertz != nil {
			module.FrequencyMhz = dataset.WholeOf(*megahertz)
		}
		modules = append(modules, module)
	}
	return modules
}

// sumOfMemory is the memory of a host in GiB; nil unless every module's size is known.
func sumOfMemory(modules []*model.MemoryModule) *float64 {
	if len(modules) == 0 {
		return nil
	}
	sum := 0.0
	for _, module := range modules {
		if module.SizeGib == nil {
			return nil
		}
		sum += *module.SizeGib
	}
	return &sum
}

func convertDisks(records []esm.DiskDescriptor) []*model.HostDisk {
	disks := make([]*model.HostDisk, 0, len(records))
	for _, r := range records {
		descriptor := r.Disk.String()
		colon := strings.LastIndexByte(descriptor, ':')
		if colon < 0 {
			disks = append(disks, &model.HostDisk{Device: descriptor})
			continue
		}
		disks = append(disks, &model.HostDisk{
			Device: descriptor[:colon],
			SizeGb: sizeIn(descriptor[colon+1:], map[string]float64{"gb": 1, "tb": 1000, "mb": 0.001}),
		})
	}
	return disks
}

// gibibytes are the units of memory modules, whose GB are powers of two.
func gibibytes() map[string]float64 {
	return map[string]float64{"gb": 1, "gib": 1, "mb": 1.0 / 1024, "mib": 1.0 / 1024, "tb": 1024, "tib": 1024}
}

// quantityPattern splits a number from the unit after it (quirk 31).
var quantityPattern = regexp.MustCompile(`^\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z/]+)\s*$`)

// mostOfAnything is far above any size or frequency of a part, and small enough that sums over all parts stay numbers.
const mostOfAnything = 1e15

// sizeIn reads "32 GB" as a number in the unit whose factor is 1; nil when number or unit is not understood, or no part
// has so much.
func sizeIn(quantity string, factors map[string]float64) *float64 {
	match := quantityPattern.FindStringSubmatch(quantity)
	if match == nil {
		return nil
	}
	factor, known := factors[strings.ToLower(match[2])]
	number, err := strconv.ParseFloat(match[1], 64)
	if !known || err != nil {
		return nil
	}
	if number *= factor; number > mostOfAnything {
		return nil
	}
	return &number
}

var macPattern = regexp.MustCompile(`^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$`)

// splitAddresses sorts what MAC_IP holds into hardware and network addresses; masked values are neither. Never nil.
func splitAddresses(field string) (macs, addresses []string) {
	macs, addresses = []string{}, []string{}
	for _, part := range strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune(" ,;|/", r) }) {
		if macPattern.MatchString(part) {
			macs = append(macs, strings.ToLower(part))
		} else if address, err := netip.ParseAddr(part); err == nil {
			addresses = append(addresses, address.String())
		}
	}
	return macs, addresses
}
