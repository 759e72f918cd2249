package dataset

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// errForeignRows is the cause of an answer that cannot be used because it is, in part or whole, about another account.
var errForeignRows = errors.New("rows of another account")

// sampleID is the one id that the documents' samples print in three roles: of a server, of a host and of a machine
// (quirk 97).
const sampleID = "abfa96bc-29f6-4571-bfba-fcfdf6ad6ebb"

// maskedID finds what the documents' samples have in place of an id or an address (quirk 32): xxx in a word, or
// XX.XX.XX.XX.
var maskedID = regexp.MustCompile(`(?i)xxx|^xx([.:]xx)+$`)

// IsAbout reports whether a row that names a thing by an id is about the one that was asked for: it has that id, in any
// case, or none, since the question named one; or a placeholder, which is no thing's id: a mask (quirk 32) or the id of
// the documents' samples (quirk 97). Any other id is another thing's.
func IsAbout(id loose.Text, asked string) bool {
	named := strings.TrimSpace(id.String())
	return id.IsAbsent() || strings.EqualFold(named, strings.TrimSpace(asked)) || named == sampleID ||
		maskedID.MatchString(named)
}

// CountForeign counts and logs rows that are about something else than what was asked, by the field that says so.
func (cfg Config) CountForeign(ctx context.Context, operation, field string, rows int) {
	if rows == 0 {
		return
	}
	for range rows {
		cfg.Unreadable(operation, field)
	}
	cfg.Logger.WarnContext(ctx, "upstream answered with rows about something else than what was asked",
		slog.String("operation", operation), slog.String("field", field), slog.Int("rows", rows))
}

// Asked leaves out the rows of a list that are about something else than what was asked, and counts them.
func Asked[R any](
	ctx context.Context, cfg Config, operation, field string, f cache.Fetched[R], asked func(R) bool,
) cache.Fetched[R] {
	all := len(f.Records)
	f.Records = Select(f.Records, asked)
	f.Foreign = all - len(f.Records)
	cfg.CountForeign(ctx, operation, field, f.Foreign)
	return f
}

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
