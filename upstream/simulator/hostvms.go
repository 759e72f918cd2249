package simulator

import (
	"strings"
	"time"
)

// listHostVms answers with the one row that lists a host's virtual machines; none for an unknown host.
func (s *Simulator) listHostVms(c *call) (answer, error) {
	q := c.query()
	id := q.required("host_id")
	p := q.page(0, true)
	return c.list(q, p, "", func() rows {
		i, known := s.site.hostIDs[id]
		if !known {
			return rows{}
		}
		return rows{count: 1, at: func(int) []byte { return s.site.hostVMsRow(i, c.now) }}
	})
}

// hostVMsRow writes one host's machines. Now and then the row carries another id or a tag for a name (QUIRKS 97, 98).
func (s *site) hostVMsRow(i int, now time.Time) []byte {
	h := &s.hosts[i]
	r := &s.regions[h.region]
	o := newObject(roll(s.seed, "host vms row", uint64(i)))
	o.text("region_id", r.code)
	o.text("host_name", o.rarely(15, r.tag()+"_ECS", h.name))
	if o.oneIn(12) {
		o.text("vm_list", s.machineList(h, ",", jsonText))
	} else {
		o.text("vm_list", s.machineList(h, ", ", pythonText))
	}
	id := h.id
	if h.serial != "" {
		id = o.rarely(15, h.serial, h.id)
	}
	o.text("host_id", id)
	o.text("host_ip", o.rarely(40, "XX.XX.XX.xx", h.address))
	o.millis("last_update_time", now.Truncate(time.Minute))
	o.extra()
	return o.end()
}

// machine is the four positions of a machine in vm_list; nil is None (QUIRKS 72, 73).
func (s *site) machine(i int) [4]*string {
	res := &s.resources[i]
	d := roll(s.seed, "vm_list", uint64(i))
	id, name, system := res.id, s.resourceName(res), s.operatingSystem(i)
	cpu := processorText(s.flavours[res.spec].cores, 1, 1, "")
	row := [4]*string{&id, &name, &system, &cpu}
	switch d.IntN(20) {
	case 0: // as in the sample: the first two positions are empty
		id, name = "", ""
	case 1:
		row[1], row[2] = nil, nil
	}
	return row
}

// operatingSystem is the guest's system.
func (s *site) operatingSystem(i int) string {
	return roll(s.seed, "system", uint64(i)).pick("Euler", "Euler", "CentOS", "Ubuntu", "Windows", "银河麒麟V10")
}

// machineList writes the list of lists, with the comma and the literals of its language.
func (s *site) machineList(h *host, comma string, literal func(*string) string) string {
	machines := make([]string, 0, h.machines[1]-h.machines[0])
	for i := h.machines[0]; i < h.machines[1]; i++ {
		var row []string
		for _, text := range s.machine(i) {
			row = append(row, literal(text))
		}
		machines = append(machines, "["+strings.Join(row, comma)+"]")
	}
	return "[" + strings.Join(machines, comma) + "]"
}

// pythonText is a text as a single-quoted Python literal.
func pythonText(text *string) string {
	if text == nil {
		return "None"
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(*text, `\`, `\\`), `'`, `\'`) + "'"
}

// jsonText is a text as JSON, in case the upstream corrects its notation.
func jsonText(text *string) string {
	if text == nil {
		return "null"
	}
	return string(appendText(nil, *text))
}

// specCode is a machine's specification with its operating system, such as c6.xlarge.2.linux.
func (s *site) specCode(i int) string {
	res := &s.resources[i]
	if res.kind != kindECS {
		return s.catalog[res.kind].specs[res.spec]
	}
	if s.operatingSystem(i) == "Windows" {
		return s.flavours[res.spec].name + ".win"
	}
	return s.flavours[res.spec].name + ".linux"
}
