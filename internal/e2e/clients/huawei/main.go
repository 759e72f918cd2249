// Command huawei calls the simulated upstream with the provider's own SDK, as its callers do, and prints a line for each
// combination of operation and parameters that fits. It exits with 1 where one does not.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
)

// site is what the test says of the simulator.
type site struct {
	address, project, customer, database, region string
	now                                          time.Time
	// skip moves the simulator's clock.
	skip func(time.Duration)
}

var failed bool

// fits prints the outcome of one combination.
func fits(name string, err error) {
	if err != nil {
		failed = true
		fmt.Printf("FAILS %s: %v\n", name, err)
		return
	}
	fmt.Println("fits", name)
}

func main() {
	var s site
	now := flag.String("now", "", "the simulator's time (RFC 3339)")
	flag.StringVar(&s.address, "address", "", "the simulator's address")
	flag.StringVar(&s.project, "project", "", "id of the project")
	flag.StringVar(&s.customer, "customer", "", "id of the customer")
	flag.StringVar(&s.database, "database", "", "id of a database of the project")
	flag.StringVar(&s.region, "region", "", "code of a region")
	flag.Parse()
	var err error
	if s.now, err = time.Parse(time.RFC3339, *now); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	s.skip = func(d time.Duration) {
		if err := moveClock(s.address, d); err != nil {
			fits("the clock", err)
		}
	}
	tokens := s.tokens()
	s.reports(tokens.project)
	s.exports(tokens.project)
	s.billing(tokens.account)
	if failed {
		os.Exit(1)
	}
}

// withToken adds the token that the documents want to the requests that the SDK signs with its keys.
type withToken string

func (token withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	if token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("X-Auth-Token", string(token))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// client finishes a client of the SDK.
func (s *site) client(builder *core.HcHttpClientBuilder, credentials auth.ICredential, token string) *core.HcHttpClient {
	return builder.WithEndpoint(s.address).WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithHttpRoundTripper(withToken(token))).Build()
}

func (s *site) ofProject() auth.ICredential {
	return basic.NewCredentialsBuilder().WithAk("key").WithSk("secret").WithProjectId(s.project).Build()
}

func ofAccount(domain string) auth.ICredential {
	return global.NewCredentialsBuilder().WithAk("key").WithSk("secret").WithDomainId(domain).Build()
}

// want is an error unless the values are equal.
func want[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// wantRefusal is an error unless err is the upstream's refusal with the status and code.
func wantRefusal(err error, status int, code string) error {
	refused, ok := errors.AsType[*sdkerr.ServiceResponseError](err)
	if !ok {
		return fmt.Errorf("no refusal: %w", errors.Join(err, errNoRefusal))
	}
	return errors.Join(want("status", refused.StatusCode, status), want("code", refused.ErrorCode, code))
}

var errNoRefusal = errors.New("the call was answered")

// value is what a pointer leads to, zero for nil.
func value[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
