package dataset

import (
	"context"
	"errors"
	"log/slog"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// errForeignRows is the cause of an answer that cannot be used because it is, in part or whole, about another account.
var errForeignRows = errors.New("rows of another account")

// OwnRows refuses an answer with rows of another account than the question named: nothing of it is shown or kept. A row
// that names no account belongs to the one that was asked for. Lists of the whole site have rows of every tenant, and
// can't be judged so.
func OwnRows[R any](
	ctx context.Context, cfg Config, spec rest.Spec, rows []R, asked string, field string, account func(R) loose.Text,
) error {
	foreign := 0
	for _, row := range rows {
		if of := account(row); !of.IsAbsent() && of.String() != asked {
			foreign++
		}
	}
	if foreign == 0 {
		return nil
	}
	cfg.Unreadable(spec.Operation, field)
	cfg.Logger.ErrorContext(ctx, "upstream answered with rows of another account",
		slog.String("operation", spec.Operation), slog.Int("rows", foreign), slog.Int("of", len(rows)))
	return spec.Fail(rest.BadResponse, errForeignRows)
}
