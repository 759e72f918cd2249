package simulator

// tenant is one account whose resources the site holds.
type tenant struct {
	id, name  string
	projects  []string // one for each region
	resources []int    // indexes into site.resources
}

const otherTenants = 6

// addTenants makes the connecting tenant, who is number 0, and six others.
func (s *site) addTenants(owner Account) {
	names := []string{"acme-gov", "城市大脑", "op_svc_dbss", "north-rail", "harbour.health", "edu_cloud"}
	s.tenants = make([]tenant, 0, 1+otherTenants)
	first := tenant{id: owner.DomainID, name: owner.Domain}
	for range s.regions {
		first.projects = append(first.projects, owner.ProjectID)
	}
	s.tenants = append(s.tenants, first)
	for i, name := range names[:otherTenants] {
		d := roll(s.seed, "tenant", uint64(i))
		t := tenant{id: d.hex32(), name: name}
		for range s.regions {
			project := d.hex32()
			if d.oneIn(12) { // not hexadecimal (QUIRKS 32)
				project = project[:29] + "emf"
			}
			t.projects = append(t.projects, project)
		}
		s.tenants = append(s.tenants, t)
	}
}

// tenant finds a tenant by id; nil when there is none.
func (s *site) tenant(id string) *tenant {
	for i := range s.tenants {
		if s.tenants[i].id == id {
			return &s.tenants[i]
		}
	}
	return nil
}
