package simulator

import (
	"errors"
	"fmt"
)

// Account is one account with its only user and its only project. All its texts are required.
type Account struct {
	// User, Password and Domain are the credentials of a token request; Domain is the name of the account.
	User, Password, Domain string
	// DomainID is the HCSO domain id of the account: the tenant that connects.
	DomainID string
	// ProjectID is the id of the project, which is named DemoProject in every account.
	ProjectID string
	// Seed chooses the account's site. Accounts of one seed have sites that look alike.
	Seed uint64
}

// demoAccount is the account that every simulator has.
func demoAccount() Account {
	return Account{
		User: DemoUser, Password: DemoPassword, Domain: DemoDomain, DomainID: DemoHCSODomain, ProjectID: DemoProjectID,
	}
}

// userID is the id of the account's user.
func (a Account) userID() string {
	if a.DomainID == DemoHCSODomain {
		return demoUserID
	}
	return roll(a.Seed, "user", textKey(a.User)).hex32()
}

var errAccount = errors.New(
	"simulator: a further account needs user, password, domain, domain id and project id of its own")

// checkAccounts refuses incomplete accounts and those that share a name or id.
func checkAccounts(accounts []Account) error {
	domains, ids, projects := map[string]bool{DemoDomain: true}, map[string]bool{DemoHCSODomain: true},
		map[string]bool{DemoProjectID: true}
	for i, a := range accounts {
		if a.User == "" || a.Password == "" || a.Domain == "" || a.DomainID == "" || a.ProjectID == "" ||
			domains[a.Domain] || ids[a.DomainID] || projects[a.ProjectID] {
			return fmt.Errorf("%w: number %d", errAccount, i+1)
		}
		domains[a.Domain], ids[a.DomainID], projects[a.ProjectID] = true, true, true
	}
	return nil
}

// addAccounts makes a simulator for each further account, with its own site, changes, jobs and reports, and the clock,
// tokens, quota, counts and faults of this one.
func (s *Simulator) addAccounts() {
	s.others = make(map[string]*Simulator, len(s.cfg.Accounts))
	for _, account := range s.cfg.Accounts {
		other := &Simulator{
			cfg: s.cfg, clock: s.clock, names: s.names, tokens: s.tokens, quota: s.quota, calls: s.calls, faults: s.faults,
			site:    newSite(account.Seed, s.cfg.Regions, s.cfg.Hosts, account),
			changes: newChanges(),
			jobs:    newJobStore(),
			reports: &aspStore{},
			exports: &exportStore{},
		}
		other.cfg.Seed = account.Seed
		other.answers = map[string]func(*call) (answer, error){}
		for _, op := range other.operations() {
			other.answers[op.id] = op.answer
		}
		s.others[account.DomainID] = other
	}
}

// of is the simulator that answers an account: the one that was made for it, else s.
func (s *Simulator) of(account Account) *Simulator {
	if other := s.others[account.DomainID]; other != nil {
		return other
	}
	return s
}

// account finds the account of a user by its credentials.
func (s *Simulator) account(domain, user, password string) (Account, bool) {
	for _, a := range append([]Account{demoAccount()}, s.cfg.Accounts...) {
		if a.Domain == domain && a.User == user && a.Password == password {
			return a, true
		}
	}
	return Account{}, false
}
