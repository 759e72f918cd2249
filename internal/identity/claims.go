package identity

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// latestMoment is the last second of the year 9999: a claim beyond it is no moment.
const latestMoment = 253402300799

var errClaims = errors.New("claims")

// claims are those of a token by their exact names. The library decodes them into a struct, where encoding/json takes
// EXP for exp: what it found good is looked at again here.
type claims map[string]any

func claimsOf(token *oidc.IDToken) (claims, error) {
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return c, nil
}

// text returns a claim that is a text; empty where it is none.
func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// names reports whether a claim, a text or a list of texts, has a value.
func (c claims) names(name, value string) bool {
	if list, ok := c[name].([]any); ok {
		return slices.Contains(list, any(value))
	}
	return c.text(name) == value
}

// moment returns a claim in seconds since 1970. It fails where the claim is there and is no number of our calendar.
func (c claims) moment(name string) (at time.Time, has bool, err error) {
	value, has := c[name]
	if !has {
		return time.Time{}, false, nil
	}
	seconds, ok := value.(float64)
	if !ok || !(seconds >= 0 && seconds <= latestMoment) {
		return time.Time{}, true, fmt.Errorf("%w: %s is no time", errClaims, name)
	}
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*float64(time.Second))), true, nil
}

// valid checks the times: exp must be there and to come, without tolerance; nbf may be ahead by the skew.
func (c claims) valid(now time.Time, skew time.Duration) (expires time.Time, err error) {
	expires, has, err := c.moment("exp")
	if err != nil {
		return time.Time{}, err
	}
	if !has || !now.Before(expires) {
		return time.Time{}, fmt.Errorf("%w: expired", errClaims)
	}
	begins, _, err := c.moment("nbf")
	if err != nil {
		return time.Time{}, err
	}
	if begins.After(now.Add(skew)) {
		return time.Time{}, fmt.Errorf("%w: not valid yet", errClaims)
	}
	_, _, err = c.moment("iat")
	return expires, err
}
