package simulator

import "slices"

// site is the generated site: all that does not change with time. It depends on the seed and the sizes only and is
// never written after newSite, except for the remembered days, so that calls share it without a lock.
//
// A default site (200 hosts) takes less than one megabyte; 20,000 hosts with their 200,000 machines take about 70, and
// half a second of one core to make.
type site struct {
	seed      uint64
	regions   []region
	hosts     []host
	devices   []device
	tenants   []tenant
	resources []resource
	catalog   []kind
	flavours  []flavour
	models    []hardware
	kinds     [][2]int       // for each resource kind: first index and one past the last
	ids       map[string]int // resource id -> index
	hostIDs   map[string]int // host id -> index
	services  []service
	pools     []pool
	physical  []physicalPool
	days      alarmDays

	cloudAlarms, deviceAlarms []definition
}

// newSite makes the site that one account sees.
func newSite(seed uint64, regions, hosts int, owner Account) *site {
	s := &site{
		seed: seed, regions: newRegions(seed, regions),
		catalog: kinds(), flavours: flavours(), models: hardwares(), services: services(),
		cloudAlarms: cloudDefinitions(), deviceAlarms: deviceDefinitions(),
	}
	s.addTenants(owner)
	s.addHosts(hosts)
	s.addDevices()
	s.addResources()
	s.addPools()
	s.addPhysicalPools()
	return s
}

// region finds a region by its code.
func (s *site) region(code string) (int, bool) {
	i := slices.IndexFunc(s.regions, func(r region) bool { return r.code == code })
	return i, i >= 0
}

// scale is how much larger the site is than the default one.
func (s *site) scale() float64 { return float64(len(s.hosts)) / defaultHosts }
