package simulator

// listDeviceAssets answers with the inventory: every host as a server, and the network devices.
func (s *Simulator) listDeviceAssets(c *call) (answer, error) {
	q := c.query()
	kind := q.text("device_type")
	p := q.page(1000, true)
	return c.list(q, p, "", func() rows {
		var wanted []int
		for i := range len(s.site.hosts) + len(s.site.devices) {
			if kind == "" || s.site.assetKind(i) == kind {
				wanted = append(wanted, i)
			}
		}
		return rows{count: len(wanted), at: func(i int) []byte { return s.site.assetRow(wanted[i]) }}
	})
}

// assetKind is the filter's word for asset i; the hosts come first.
func (s *site) assetKind(i int) string {
	if i < len(s.hosts) {
		return "server"
	}
	return s.devices[i-len(s.hosts)].kind
}

// assetRow writes one asset. The type is a word of the filter mostly, but may be anything (QUIRKS 37).
func (s *site) assetRow(i int) []byte {
	o := newObject(roll(s.seed, "asset row", uint64(i)))
	if i >= len(s.hosts) {
		dev := &s.devices[i-len(s.hosts)]
		o.text("device_id", dev.id)
		o.text("name", dev.name)
		o.text("device_type", dev.kind)
		o.asset(dev.model, dev.address, dev.system, s.regions[dev.region].code)
		return o.end()
	}
	h := &s.hosts[i]
	o.text("device_id", s.assetID(i))
	o.text("name", h.name)
	switch o.IntN(40) {
	case 0:
		o.integer("device_type", 1)
	case 1:
		o.text("device_type", "Server")
	default:
		o.text("device_type", "server")
	}
	o.asset(s.models[h.model].model, h.address, "EulerOS 2.9", s.regions[h.region].code)
	return o.end()
}

// asset writes the fields that servers and network devices share.
func (o *object) asset(model, address, system, region string) {
	o.maybe("running_status", o.pick("normal", "normal", "normal", "normal", "abnormal", "offline", "正常", ""))
	o.text("model", model)
	o.text("management_ip", o.rarely(60, "XX.XX.XX.XX", address))
	o.maybe("os", system)
	o.text("region", region)
	o.extra()
}
