package simulator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// inventoryAge is how far back the inventory of hosts goes: a window that overlaps the time from then to now finds
// every host, any other, such as 0 and 0 of the sample (QUIRKS 51), none.
const inventoryAge = 400 * 24 * time.Hour

// listHostDetails answers with hardware and place of all hosts or of one.
func (s *Simulator) listHostDetails(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	p := q.page(0, true)
	id := q.text("host_id")
	return c.list(q, p, "", func() rows {
		if w.end.Before(c.now.Add(-inventoryAge)) || w.begin.After(c.now) {
			return rows{}
		}
		if id != "" {
			i, known := s.site.hostIDs[id]
			if !known {
				return rows{}
			}
			return rows{count: 1, at: func(int) []byte { return s.site.hostRow(i) }}
		}
		return rows{count: len(s.site.hosts), at: s.site.hostRow}
	})
}

// hostRow writes one host.
func (s *site) hostRow(i int) []byte {
	h := &s.hosts[i]
	r, m := &s.regions[h.region], &s.models[h.model]
	o := newObject(roll(s.seed, "host row", uint64(i)))
	o.text("REGION_ID", r.code)
	o.text("HOST_ID", h.id)
	o.text("HOST_NAME", h.name)
	o.text("MANUFACTURER", o.rarely(25, r.code, m.manufacturer)) // QUIRKS 32
	o.text("KERNEL", o.rarely(20, "0", m.kernel))
	o.text("CPU", processorText(m.sockets, m.cores, m.threads, m.cpu))
	o.text("MEMORY", o.memoryText(m))
	o.text("DISK", o.diskText(m.disks))
	o.text("MAC_IP", o.address(h.address))
	o.text("NETWORK_ADAPTER", m.networkAdapter)
	o.text("RAID", m.raid)
	o.maybe("SN", h.serial)
	o.text("CPU_ARCH", m.architecture)
	o.text("AZ_CODE", o.rarely(30, "1", r.zones[h.zone].code))
	o.text("POD_CODE", h.podCode())
	o.text("CLUSTER_NAME", s.cluster(h))
	o.text("ROOM_CODE", s.room(h))
	o.text("RACK_CODE", s.rack(h))
	o.text("DC_CODE", s.dataCentre(h))
	o.extra()
	return o.end()
}

func (s *site) cluster(h *host) string {
	if h.management {
		return "mgt"
	}
	return s.models[h.model].clusterName
}

// rarely is seldom once in n times, else usual.
func (o *object) rarely(n int, seldom, usual string) string {
	if o.oneIn(n) {
		return seldom
	}
	return usual
}

// address is the management address, now and then masked or a MAC address (QUIRKS 32).
func (o *object) address(address string) string {
	switch o.IntN(60) {
	case 0:
		return "XX.XX.XX.XX"
	case 1:
		return fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", o.IntN(256), o.IntN(256), o.IntN(256))
	}
	return address
}

// processorText is the JSON text of a CPU: every value is text, and one is a product (QUIRKS 68, 70, 71).
func processorText(sockets, cores, threads int, model string) string {
	return fmt.Sprintf(`[{"cores":"%d","model":"%s","threads":"%d","cpu":"%d * %d * %d * %s","sockets":"%d"}]`,
		cores, model, threads, sockets, cores, threads, model, sockets)
}

// memoryText is the JSON text of the memory modules, rarely cut short so that it does not parse.
func (o *object) memoryText(m *hardware) string {
	module := fmt.Sprintf(`{"frequency":"%d MHz","manufacturer":"%s","type":"%s","size":"%d GB"}`,
		m.frequencyMHz, m.moduleManufacturer, m.moduleType, m.moduleGB)
	text := "[" + strings.Repeat(module+",", m.modules-1) + module + "]"
	if o.oneIn(80) {
		return text[:len(text)/2]
	}
	return text
}

// diskText is the JSON text of the disks, with a comma missing now and then as in the document (QUIRKS 69).
func (o *object) diskText(disks []float64) string {
	parts := make([]string, len(disks))
	for i, size := range disks {
		parts[i] = fmt.Sprintf(`{"disk":"/dev/sd%c:%sGB"}`, 'a'+rune(i), oneDecimal(size))
	}
	if o.oneIn(6) {
		last := len(parts) - 1
		return "[" + strings.Join(parts[:last], ",") + " " + parts[last] + "]"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func oneDecimal(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', 1, 64) }
