package esm

import (
	"context"
	"regexp"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// HostDetail is one host of listHostDetails, its hardware and its place. The document has no field table; the meanings
// follow the names. Ids and addresses are opaque: the sample has placeholders (QUIRKS 32).
type HostDetail struct {
	RegionID     loose.Text                     `json:"REGION_ID,omitzero"`
	HostID       loose.Text                     `json:"HOST_ID,omitzero"` // the key; not the SN (QUIRKS 97)
	HostName     loose.Text                     `json:"HOST_NAME,omitzero"`
	Manufacturer loose.Text                     `json:"MANUFACTURER,omitzero"`
	Kernel       loose.Text                     `json:"KERNEL,omitzero"`
	CPU          loose.Embedded[[]Processor]    `json:"CPU,omitzero"`
	Memory       loose.Embedded[[]MemoryModule] `json:"MEMORY,omitzero"`
	// read by Disks, which accepts a missing comma
	Disk           loose.Embedded[[]DiskDescriptor] `json:"DISK,omitzero"`
	ManagementIP   loose.Text                       `json:"MAC_IP,omitzero"` // an IP or a MAC address
	NetworkAdapter loose.Text                       `json:"NETWORK_ADAPTER,omitzero"`
	RAID           loose.Text                       `json:"RAID,omitzero"`
	SerialNumber   loose.Text                       `json:"SN,omitzero"` // joins to HostPerformance
	Architecture   loose.Text                       `json:"CPU_ARCH,omitzero"`
	ClusterName    loose.Text                       `json:"CLUSTER_NAME,omitzero"`
	ZoneCode       loose.Text                       `json:"AZ_CODE,omitzero"`
	PodCode        loose.Text                       `json:"POD_CODE,omitzero"`
	RoomCode       loose.Text                       `json:"ROOM_CODE,omitzero"`
	RackCode       loose.Text                       `json:"RACK_CODE,omitzero"`
	DataCenterCode loose.Text                       `json:"DC_CODE,omitzero"`
}

// MissingKey implements [rest.Keyed].
func (h HostDetail) MissingKey() string { return missing(h.HostID, "HOST_ID") }

// Processor is one element of HostDetail.CPU and of a machine's CPU. The upstream's field cpu, a product of these as
// text, is left out (QUIRKS 71).
type Processor struct {
	Sockets loose.Number `json:"sockets,omitzero"`
	Cores   loose.Number `json:"cores,omitzero"`   // of each socket
	Threads loose.Number `json:"threads,omitzero"` // of each core
	Model   loose.Text   `json:"model,omitzero"`
}

// MemoryModule is one element of HostDetail.Memory. Numbers and units share a text: "32 GB", "2666 MHz" (QUIRKS 31).
type MemoryModule struct {
	Size         loose.Text `json:"size,omitzero"`
	Frequency    loose.Text `json:"frequency,omitzero"`
	Type         loose.Text `json:"type,omitzero"`
	Manufacturer loose.Text `json:"manufacturer,omitzero"`
}

// DiskDescriptor is one element of HostDetail.Disk: "/dev/sda:599.0GB", device and size around the last colon (QUIRKS
// 31).
type DiskDescriptor struct {
	Disk loose.Text `json:"disk,omitzero"`
}

// diskPattern finds the descriptors in a text that is not JSON as a whole.
var diskPattern = regexp.MustCompile(`"disk"\s*:\s*"([^"\\]*)"`)

// Disks is the list of disks. The document's own sample lacks a comma between two of them, so a text that does not
// parse is searched for what does (QUIRKS 69); ok is false when nothing is found.
func (h HostDetail) Disks() (disks []DiskDescriptor, ok bool) {
	if disks, ok = h.Disk.Value(); ok {
		return disks, true
	}
	for _, found := range diskPattern.FindAllStringSubmatch(h.Disk.Raw(), -1) {
		disks = append(disks, DiskDescriptor{Disk: loose.NewText(found[1])})
	}
	return disks, len(disks) > 0
}

// HostDetails lists the hosts, or one host when hostID is not empty. The upstream demands a window though hosts have no
// time (QUIRKS 54): give a look-back that ends now.
func (c *Client) HostDetails(ctx context.Context, w Window, hostID string) (rest.List[HostDetail], error) {
	query, err := w.filtered(filter{name: "host_id", field: "hostId", value: hostID})
	return list(ctx, c, listHostDetails, rest.PageRequest[HostDetail]{
		Request: rest.Request{Query: query},
		Size:    fastPageSize,
		Key:     func(h HostDetail) string { return joined(h.HostID) },
	}, err)
}

// CheckCredentials makes the cheapest documented call, one row of the list of hosts; nil means that the upstream
// accepts the credentials it was made with. No documented call checks a token. A code that is not known as success is no
// acceptance.
func (c *Client) CheckCredentials(ctx context.Context, w Window) error {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return err
	}
	query.Set("page_size", "1")
	query.Set("offset_value", "0")
	answer, err := rest.Call(ctx, c.rest, listHostDetails, rest.Request{Query: query})
	if err != nil {
		return err
	}
	return answer.Notice.Failure(listHostDetails.Spec)
}
