package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
)

// named is a thing with an id, a name or both.
type named struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Domain *named `json:"domain,omitempty"`
}

// tokenRequest is the body of createToken.
type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					Name     string `json:"name"`
					Password string `json:"password"`
					Domain   named  `json:"domain"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope struct {
			Project *named `json:"project"`
			Domain  *named `json:"domain"`
		} `json:"scope"`
	} `json:"auth"`
}

// tokenBody is the answer's body; the token itself is in a header (QUIRKS 90).
type tokenBody struct {
	ExpiresAt string         `json:"expires_at"`
	IssuedAt  string         `json:"issued_at"`
	Methods   []string       `json:"methods"`
	Catalog   []catalogEntry `json:"catalog"`
	Roles     []named        `json:"roles"`
	Project   *named         `json:"project,omitempty"`
	Domain    *named         `json:"domain,omitempty"`
	User      struct {
		named

		PasswordExpiresAt string `json:"password_expires_at"`
	} `json:"user"`
}

// catalogEntry is one service of the catalogue.
type catalogEntry struct {
	Type      string     `json:"type"`
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Endpoints []endpoint `json:"endpoints"`
}

type endpoint struct {
	ID        string `json:"id"`
	Region    string `json:"region"`
	RegionID  string `json:"region_id"`
	Interface string `json:"interface"`
	URL       string `json:"url"`
}

const (
	demoUserID = "7116d09f88fa41908676fdd4b039e95b"
	microTime  = "2006-01-02T15:04:05.000000Z" // IAM's notation of UTC
)

// createToken issues a token to the user of an account. A scope of both kinds means the project, none the account.
func (s *Simulator) createToken(c *call) (answer, error) {
	var req tokenRequest
	if err := json.Unmarshal(c.body, &req); err != nil {
		return answer{}, badParameter(systemIAM, "The request body is invalid.")
	}
	user := req.Auth.Identity.Password.User
	if !slices.Contains(req.Auth.Identity.Methods, "password") ||
		user.Name == "" || user.Password == "" || user.Domain.Name == "" {
		return answer{},
			badParameter(systemIAM, "The request body is invalid: methods, name, password and domain are mandatory.")
	}
	if s.tokens.isLocked(c.now) {
		return answer{}, &refusal{status: http.StatusUnauthorized, message: "The account is locked. Try again in 15 minutes."}
	}
	account, known := s.account(user.Domain.Name, user.Name, user.Password)
	if !known {
		s.tokens.wrongPassword(c.now)
		return answer{}, &refusal{status: http.StatusUnauthorized, message: "The username or password is wrong."}
	}
	scope := req.Auth.Scope
	if err := account.checkScope(scope.Project, scope.Domain); err != nil {
		return answer{}, err
	}
	text, t := s.tokens.issue(c.now, account, scope.Project != nil)
	catalog := []catalogEntry{}
	if c.req.URL.Query().Get("nocatalog") == "" {
		catalog = s.catalogue()
	}
	return answer{
		status: http.StatusCreated,
		header: http.Header{"X-Subject-Token": {text}},
		body:   t.describe(catalog),
	}, nil
}

// checkScope refuses a project or account that is not the user's.
func (a Account) checkScope(project, domain *named) error {
	switch {
	case project != nil:
		if project.ID != a.ProjectID && project.ID != DemoProject && (project.ID != "" || project.Name != DemoProject) {
			return &refusal{status: http.StatusNotFound, message: "Could not find project."}
		}
	case domain != nil:
		if domain.ID != a.DomainID && (domain.ID != "" || domain.Name != a.Domain) {
			return &refusal{status: http.StatusForbidden, message: "You have no right to access this domain."}
		}
	}
	return nil
}

// describe is the answer's body, with the token's owner and end.
func (t token) describe(catalog []catalogEntry) []byte {
	account := &named{ID: t.account.DomainID, Name: t.account.Domain}
	body := tokenBody{
		ExpiresAt: t.expires.UTC().Format(microTime), IssuedAt: t.issued.UTC().Format(microTime),
		Methods: []string{"password"}, Catalog: catalog, Roles: []named{{ID: "0", Name: "te_admin"}},
	}
	body.User.named = named{ID: t.account.userID(), Name: t.account.User, Domain: account}
	if t.project {
		body.Project = &named{ID: t.account.ProjectID, Name: DemoProject, Domain: account}
	} else {
		body.Domain = account
	}
	return encoded(map[string]tokenBody{"token": body})
}

// catalogue lists the systems under the simulator's own address, none when that is not known.
func (s *Simulator) catalogue() []catalogEntry {
	entries := []catalogEntry{}
	if s.cfg.PublicURL == "" {
		return entries
	}
	for _, name := range []string{"esm", "gaussdb-opengauss", "workspace", "bss-intl", "iam"} {
		d := roll(s.cfg.Seed, "catalogue", textKey(name))
		region := s.site.regions[0].code
		entries = append(entries, catalogEntry{
			Type: name, ID: d.hex32(), Name: name,
			Endpoints: []endpoint{{ID: d.hex32(), Region: region, RegionID: region, Interface: "public", URL: s.cfg.PublicURL}},
		})
	}
	return entries
}
