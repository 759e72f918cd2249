package esm

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// HostVMs is one row of listHostVms: a host and the machines on it. The row belongs to the host of the request,
// whatever id it has (QUIRKS 97), and its host name is no key (QUIRKS 98).
type HostVMs struct {
	RegionID       loose.Text                      `json:"region_id,omitzero"`
	HostID         loose.Text                      `json:"host_id,omitzero"`
	HostName       loose.Text                      `json:"host_name,omitzero"`
	HostIP         loose.Text                      `json:"host_ip,omitzero"`
	VMList         loose.Embedded[json.RawMessage] `json:"vm_list,omitzero"` // a Python literal (QUIRKS 72): read by VMs
	LastUpdateTime loose.Time                      `json:"last_update_time,omitzero"`
}

// HostVM is one machine of HostVMs. Its positions have no names: the first two are empty in the sample and likely the
// machine's id and name (QUIRKS 73), so take them for that only when they look so.
type HostVM struct {
	First, Second   loose.Text
	OperatingSystem loose.Text
	CPU             loose.Embedded[[]Processor]
}

// VMs is the list of machines, empty when the host has none. ok is false when the row has no list or an unreadable one;
// VMList has the text as sent.
func (h HostVMs) VMs() (machines []HostVM, ok bool) {
	if h.VMList.IsAbsent() {
		return nil, false
	}
	rows, err := loose.ParseNested(h.VMList.Raw())
	if err != nil {
		return nil, false // the text stays in VMList; one odd list must not cost the row
	}
	machines = make([]HostVM, 0, len(rows))
	for _, row := range rows {
		machines = append(machines, machineOf(row))
	}
	return machines, true
}

// machineOf reads the positions that there are: a shorter row lacks the later ones, a longer one has unknown ones.
func machineOf(row []string) HostVM {
	var machine HostVM
	for position, text := range row {
		switch position {
		case 0:
			machine.First = loose.NewText(text)
		case 1:
			machine.Second = loose.NewText(text)
		case 2:
			machine.OperatingSystem = loose.NewText(text)
		case 3:
			machine.CPU = loose.NewEmbedded[[]Processor](text)
		}
	}
	return machine
}

// HostVMs lists the machines on one host. A host that is not known gives no rows.
func (c *Client) HostVMs(ctx context.Context, hostID string) (rest.List[HostVMs], error) {
	return list(ctx, c, listHostVMs, rest.PageRequest[HostVMs]{
		Request: rest.Request{Query: url.Values{"host_id": {hostID}}},
		Size:    fastPageSize,
		Key:     func(h HostVMs) string { return joined(h.HostID, h.LastUpdateTime, h.VMList) },
	}, checkFilter("hostId", hostID))
}
