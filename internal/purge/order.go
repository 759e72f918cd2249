package purge

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/purges"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

const (
	// orderBytes bounds the body of an order, orderTime its work.
	orderBytes = 4 << 10
	orderTime  = 10 * time.Second
	// longestName is longer than any name of an operation.
	longestName = 64
)

// Codes of refused orders beside those of package refusal.
const (
	CodeUnknownOperation = "UNKNOWN_OPERATION"
	CodeUnknownTenant    = "UNKNOWN_TENANT"
	CodeRedisUnavailable = "REDIS_UNAVAILABLE"
)

// order is the body of a request.
type order struct {
	Operation string `json:"operation"`
	Tenant    string `json:"tenant"`
}

// refused is why an order is not carried out.
type refused struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	status  int
}

// answer is what an operator is told of an order that was carried out.
type answer struct {
	Operation string  `json:"operation"`
	Tenant    string  `json:"tenant"`
	Dropped   dropped `json:"dropped"`
	// OthersWithinMs is how soon the other replicas have done the same; null where there are none.
	OthersWithinMs *int64 `json:"otherReplicasWithinMs"`
}

// ServeHTTP takes an order and answers with what this replica has dropped.
func (p *Purger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), orderTime)
	defer cancel()
	if !p.rate.Allow() {
		w.Header().Set("Retry-After", "1")
		p.write(w, http.StatusTooManyRequests, refused{Code: refusal.CodeRateLimited, Message: "Orders come one a second."})
		return
	}
	purge, gone, no := p.take(ctx, w, r)
	from := slog.String("remote_address", r.RemoteAddr)
	if no != nil {
		p.options.Logger.LogAttrs(ctx, slog.LevelWarn, "purge refused", slog.String("code", no.Code), from)
		if no.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="opsgraph operators"`)
		}
		p.write(w, no.status, no)
		return
	}
	p.options.Logger.LogAttrs(ctx, slog.LevelInfo, "purged", append(attributesOf(purge, gone), from)...)
	done := answer{Operation: nameOrAll(purge.Operation), Tenant: nameOrAll(purge.Tenant), Dropped: gone}
	if p.options.Log != nil {
		within := p.options.LookEvery.Milliseconds()
		done.OthersWithinMs = &within
	}
	p.write(w, http.StatusOK, done)
}

func (p *Purger) write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		p.options.Logger.Error("answer to an operator not encoded", slog.Any("error", err))
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // what was done stands in the log
}

// take reads and carries out an order.
func (p *Purger) take(
	ctx context.Context, w http.ResponseWriter, r *http.Request,
) (purge purges.Purge, gone dropped, no *refused) {
	if !p.authorized(r) {
		return purge, gone, &refused{
			refusal.CodeUnauthenticated, "Send the operators' token: Authorization: Bearer …", http.StatusUnauthorized,
		}
	}
	asked, no := readOrder(w, r)
	if no != nil {
		return purge, gone, no
	}
	if purge, no = p.resolve(asked); no != nil {
		return purge, gone, no
	}
	p.mu.Lock()
	defer p.mu.Unlock() // no look carries it out first, which leaves Redis alone
	if purge, no = p.number(ctx, purge); no != nil {
		return purge, gone, no
	}
	if p.options.Log != nil {
		p.known[purge.Name()] = purge.Number
	}
	return purge, p.carryOut(ctx, purge, true), nil
}

// number gives a purge its number, and tells the other replicas.
func (p *Purger) number(ctx context.Context, purge purges.Purge) (purges.Purge, *refused) {
	highest := p.options.Sets.Highest()
	if p.options.Log == nil {
		purge.Number = max(highest+1, uint64(max(p.options.Now().UnixMicro(), 0)))
		return purge, nil
	}
	noted, err := p.options.Log.Add(ctx, purge.Operation, purge.Tenant, highest)
	switch {
	case errors.Is(err, purges.ErrTooMany):
		return purge, &refused{
			refusal.CodeRateLimited, "So many different purges are remembered already: purge all tenants or all operations.",
			http.StatusTooManyRequests,
		}
	case err != nil:
		return purge, &refused{
			CodeRedisUnavailable,
			"Nothing was purged: the other replicas can't be told while the coordination Redis does not answer.",
			http.StatusServiceUnavailable,
		}
	}
	return noted, nil
}

// authorized compares the token of a request in constant time, whatever its length.
func (p *Purger) authorized(r *http.Request) bool {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], p.token[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

// readOrder reads the body of an order, whose two members must be there: what is to go is never guessed.
func readOrder(w http.ResponseWriter, r *http.Request) (asked order, no *refused) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return asked, &refused{
			refusal.CodeUnsupportedMediaType, "The Content-Type must be application/json.", http.StatusUnsupportedMediaType,
		}
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, orderBytes))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(&asked); err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) || asked.Operation == "" || asked.Tenant == "" {
		return asked, &refused{
			refusal.CodeBadRequest, `The body is {"operation": "…", "tenant": "…"}, of which either may be "*" for all.`,
			http.StatusBadRequest,
		}
	}
	return asked, nil
}

// resolve finds the operation and the tenant that an order names.
func (p *Purger) resolve(asked order) (purge purges.Purge, no *refused) {
	if asked.Operation != everything {
		known := p.options.Sets.Operations()
		if !slices.Contains(known, asked.Operation) {
			near := p.options.Nearest(asked.Operation[:min(len(asked.Operation), longestName)], known)
			return purge, &refused{
				CodeUnknownOperation, "No data are held of an upstream operation of that name; the nearest is " + near + ".",
				http.StatusNotFound,
			}
		}
		purge.Operation = asked.Operation
	}
	if asked.Tenant == everything {
		return purge, nil
	}
	tenant, known := p.tenant(asked.Tenant)
	if !known {
		return purge, &refused{
			CodeUnknownTenant, "This replica holds no data of that tenant. Name it as the log does, by its domain id, or " +
				"gateway for the gateway's own data.", http.StatusNotFound,
		}
	}
	purge.Tenant = tenant
	return purge, nil
}

// tenant is the id of a tenant that is named by it, or by its domain id. Of one that nothing is held of here another
// replica or Redis may have data.
func (p *Purger) tenant(named string) (id string, known bool) {
	held := p.options.Sets.Covered
	switch {
	case named == p.options.Own && p.options.Own != "", held(p.covers(named)):
		return named, true
	case held(func(scope string) bool { return scope == named && p.options.Tenants.MayBeDomain(scope) }),
		p.options.Log != nil && p.options.Tenants.MayBeDomain(named):
		return p.options.Tenants.TenantOf(named), true
	default:
		return "", false
	}
}
