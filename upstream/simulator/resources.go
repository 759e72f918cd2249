package simulator

import "fmt"

// resource is something that a tenant has: a virtual machine, a disk, an address, a database and so on. All systems
// measure, meter and bill it under the same id.
type resource struct {
	id             string
	kind           int // index into site.catalog
	tenant, region int
	zone, spec     int // spec indexes into the kind's specs
	host, parent   int // virtual machine: its host; disk and address: the machine's index; else -1
	size           int // gigabytes of a disk or bucket
	number         int // counts within its kind
}

// kind is one type of resource.
type kind struct {
	name                  string // path word of listCloudResourceInstanceData
	serviceCode, typeCode string
	nameZh, nameEn        string // display names of the service
	stem                  string // how names of such resources begin
	specs                 []string
}

const (
	kindECS = iota
	kindEVS
	kindEIP
	kindOBS
	kindBMS
	kindELB
	kindVPN
	kindDCS
	kindDMS
	kindRDS
	kindGauss
)

// kinds lists the fourteen resource types in the order of the kind constants.
func kinds() []kind {
	return []kind{
		newKind("ECS", "ec2", "vm", "弹性云服务器", "Elastic Cloud Server", "ecs", flavourNames()...),
		newKind("EVS", "ebs", "volume", "云硬盘", "Elastic Volume Service", "vol",
			"SAS", "SSD", "high I/O", "ultra-high I/O"),
		newKind("EIP", "eip", "ip", "弹性公网IP", "Elastic IP", "eip", "5_bgp", "5_sbgp"),
		newKind("OBS", "obs", "obs", "对象存储服务", "Object Storage Service", "bucket",
			"obs.standard.singleaz", "obs.standard.multiaz"),
		newKind("BMS", "bms", "pm", "裸金属服务器", "Bare Metal Server", "bms",
			"physical.kd1ne.2xlarge", "physical.s4.3xlarge"),
		newKind("ELB", "elb", "elb", "弹性负载均衡", "Elastic Load Balance", "elb", "elbv3.basic"),
		newKind("VPN", "vpn", "vpn", "虚拟专用网络", "Virtual Private Network", "vpn", "vpn.professional1"),
		newKind("DCS", "dcs", "dcs3", "分布式缓存服务", "Distributed Cache Service", "dcs",
			"redis.ha.xu1.large.r2.4"),
		newKind("DMS", "dms", "dms.kafka", "分布式消息服务", "Distributed Message Service", "dms",
			"kafka.4u8g.cluster"),
		newKind("RDS", "rds", "rds.vm", "云数据库", "Relational Database Service", "rds",
			"rds.mssql.s1.xlarge.ha", "rds.nosql.c6.large.2"),
		newKind("GAUSS", "gaussdb", "gaussdb.vm", "云数据库GaussDB", "GaussDB", "gauss",
			"gaussdb.opengauss.ee.dn.m6.2xlarge.8.in"),
		newKind("MODEL_ARTS_INF", "modelarts", "modelarts.inf", "AI开发平台", "ModelArts", "inf",
			"modelarts.vm.gpu.p4"),
		newKind("MODEL_ARTS_TRAIN", "modelarts", "modelarts.train", "AI开发平台", "ModelArts", "train",
			"modelarts.vm.ai.d910b"),
		newKind("MODEL_ARTS_MAOS", "modelarts", "modelarts.maos", "AI开发平台", "ModelArts", "maos",
			"modelarts.pool.d910b"),
	}
}

func newKind(name, service, thing, nameZh, nameEn, stem string, specs ...string) kind {
	return kind{
		name: name, serviceCode: "hws.service.type." + service, typeCode: "hws.resource.type." + thing,
		nameZh: nameZh, nameEn: nameEn, stem: stem, specs: specs,
	}
}

// flavour is one size of virtual machine.
type flavour struct {
	name, series, model string // such as c6.xlarge.2, General computing-plus, kvm/C6-2
	cores, memoryGB     int
}

// flavours lists the sizes of virtual machines.
func flavours() []flavour {
	return []flavour{
		{name: "s6.large.2", series: "General computing", model: "kvm/S6-2", cores: 2, memoryGB: 4},
		{name: "c6.xlarge.2", series: "General computing-plus", model: "kvm/C6-2", cores: 4, memoryGB: 8},
		{name: "c6.2xlarge.4", series: "General computing-plus", model: "kvm/C6-4", cores: 8, memoryGB: 32},
		{name: "m6.xlarge.8", series: "Large-memory", model: "kvm/M6-8", cores: 4, memoryGB: 32},
		{name: "ks1.xlarge.2", series: "Kunpeng computing", model: "kvm/KS1-2", cores: 4, memoryGB: 8},
	}
}

// flavourNames are the specification codes of the flavours; the row adds the operating system to them.
func flavourNames() []string {
	var names []string
	for _, f := range flavours() {
		names = append(names, f.name)
	}
	return names
}

const (
	demoStride   = 125 // every 125th machine belongs to the connecting tenant: some 30 resources at the default site
	emptyHosts   = 20  // one host in so many runs nothing
	fewestOnHost = 5
	mostOnHost   = 16
)

// addResources makes the resources kind by kind, so that each kind is one range of indexes.
func (s *site) addResources() {
	s.ids = make(map[string]int, 17*len(s.hosts))
	s.resources = make([]resource, 0, 17*len(s.hosts))
	s.kinds = make([][2]int, len(s.catalog))
	for k := range s.catalog {
		first := len(s.resources)
		switch k {
		case kindECS:
			s.addMachines()
		case kindEVS, kindEIP:
			s.addAttached(k)
		default:
			s.addStandalone(k)
		}
		s.kinds[k] = [2]int{first, len(s.resources)}
	}
}

func (s *site) add(r resource) {
	s.ids[r.id] = len(s.resources)
	s.tenants[r.tenant].resources = append(s.tenants[r.tenant].resources, len(s.resources))
	s.resources = append(s.resources, r)
}

// addMachines puts some ten virtual machines on each host.
func (s *site) addMachines() {
	d := roll(s.seed, "machines")
	for h := range s.hosts {
		on := &s.hosts[h]
		on.machines[0] = len(s.resources)
		count := d.between(fewestOnHost, mostOnHost)
		if h > 0 && d.oneIn(emptyHosts) {
			count = 0
		}
		for range count {
			number := len(s.resources)
			owner := 1 + d.IntN(otherTenants)
			if number%demoStride == 0 {
				owner = 0
			}
			s.add(resource{
				id: d.uuid(), kind: kindECS, tenant: owner, region: on.region, zone: on.zone,
				spec: d.IntN(len(s.flavours)), host: h, parent: -1, number: number,
			})
		}
		on.machines[1] = len(s.resources)
	}
}

// addAttached gives every second machine a disk and every tenth a public address.
func (s *site) addAttached(k int) {
	d := roll(s.seed, "attached", uint64(k))
	machines := s.kinds[kindECS]
	every := 2
	if k == kindEIP {
		every = 10
	}
	number := 0
	for i := machines[0]; i < machines[1]; i++ {
		if !d.oneIn(every) {
			continue
		}
		m := s.resources[i]
		id := d.uuid()
		if k == kindEVS && d.oneIn(50) { // QUIRKS 99
			id = fmt.Sprintf("batch-volume-%05d-%08d", d.IntN(1e5), number)
		}
		s.add(resource{
			id: id, kind: k, tenant: m.tenant, region: m.region, zone: m.zone, host: -1, parent: i,
			spec: d.IntN(len(s.catalog[k].specs)), size: 40 * d.between(1, 50), number: number,
		})
		number++
	}
}

// addStandalone makes the resources without a machine: some in each region, more on a larger site.
func (s *site) addStandalone(k int) {
	d := roll(s.seed, "standalone", uint64(k))
	number := 0
	for r := range s.regions {
		count := d.between(1, 4) + len(s.regions[r].hosts)/40
		for i := range count {
			owner := 1 + d.IntN(otherTenants)
			if i == 0 && (k == kindGauss && r%2 == 0 || (k == kindRDS || k == kindOBS) && r == 0) {
				owner = 0
			}
			s.add(resource{
				id: standaloneID(d, k, number), kind: k, tenant: owner, region: r,
				zone: d.IntN(len(s.regions[r].zones)), host: -1, parent: -1,
				spec: d.IntN(len(s.catalog[k].specs)), size: 1024 * d.between(1, 40), number: number,
			})
			number++
		}
	}
}

// standaloneID draws an id in the notation of the kind: databases have 36 letters and digits, buckets have names.
func standaloneID(d dice, k, number int) string {
	switch k {
	case kindGauss:
		return d.hex32() + "in14"
	case kindRDS:
		return d.hex32() + "in01"
	case kindOBS:
		return fmt.Sprintf("obs-%s-%04d", d.pick("backup", "media", "logs", "archive"), number)
	default:
		return d.uuid()
	}
}

// resourceName is the display name: several machines share one (QUIRKS 98: do not join on names).
func (s *site) resourceName(r *resource) string {
	if r.kind == kindOBS {
		return r.id
	}
	d := roll(s.seed, "name", uint64(r.kind), uint64(r.number))
	if r.kind == kindECS {
		switch {
		case d.oneIn(40):
			return "ops's box" // a quote inside a Python literal
		case d.oneIn(20):
			return fmt.Sprintf("数据库-%02d", d.between(1, 60))
		}
		return fmt.Sprintf("ecs-%s-%02d", d.pick("web", "db", "job", "cache", "api"), d.between(1, 99))
	}
	return fmt.Sprintf("%s-%04d", s.catalog[r.kind].stem, r.number)
}
