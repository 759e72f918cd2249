package resolvers

import (
	"context"
	"errors"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// commandContext is the context of a command's call: it goes before every read.
func commandContext(ctx context.Context) context.Context {
	return rest.WithLane(ctx, rest.LaneMutation)
}

// inputFaults are what is wrong with the input of a command, all found at once.
type inputFaults []*model.UserError

func (f *inputFaults) add(code, field, message string) {
	path := []string{}
	if field != "" {
		path = []string{"input", field}
	}
	*f = append(*f, &model.UserError{Field: path, Code: code, Message: message})
}

// when notes a fault where something is wrong.
func (f *inputFaults) when(wrong bool, field, message string) {
	if wrong {
		f.add("BAD_USER_INPUT", field, message)
	}
}

// order checks that a window has its ends in order.
func (f *inputFaults) order(from, to time.Time) {
	f.when(!from.Before(to), "from", "from must be before to.")
}

// bounds checks that the least value is not above the greatest: the upstream would find nothing (quirk 106).
func (f *inputFaults) bounds(least, greatest *int, field, other string) {
	f.when(least != nil && greatest != nil && *least > *greatest, field, field+" must not be above "+other+".")
}

// commandFaults sorts the error of a command. The faults of the input, of its key and of the thing that it names are
// user errors; any other error fails the field. target is the field that names the thing. Nil gives an empty list.
func commandFaults(err error, target string) (inputFaults, error) {
	faults := inputFaults{}
	if err == nil {
		return faults, nil
	}
	refused, isInput := errors.AsType[*rest.InputError](err)
	failure, isCall := errors.AsType[*rest.Error](err)
	switch {
	case errors.Is(err, jobs.ErrKeyReused):
		faults.add("BAD_USER_INPUT", "idempotencyKey", "This key was used with another input.")
	case errors.Is(err, jobs.ErrOutcomeUnknown):
		faults.add("UPSTREAM_TIMEOUT", "idempotencyKey",
			"An earlier command with this key was sent and its answer never came: the job may have been started.")
	case isInput:
		faults.add("BAD_USER_INPUT", refused.Field, refused.Field+" "+refused.Message+".")
	case isCall && failure.Kind == rest.Rejected && !failure.GatewayCredentials:
		faults.add("UPSTREAM_REJECTED", "", "The upstream refuses this input.")
	case isCall && failure.Kind == rest.NotFound && failure.Code != "" && target != "":
		faults.add("NOT_FOUND", target, "The upstream knows no such thing.")
	default:
		return nil, err
	}
	return faults, nil
}
