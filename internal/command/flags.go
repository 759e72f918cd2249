package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/opsgraph/opsgraph/internal/config"
)

// errHelp means that help was written, as the arguments asked.
var errHelp = errors.New("help was written")

// newFlags returns an empty set of flags for a sub-command; it writes nothing by itself.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse reads the arguments of a call into its flags. After writing help it returns errHelp. The error of an unknown
// flag names the nearest one.
func parse(flags *flag.FlagSet, c call) error {
	if name, unknown := unknownFlag(flags, c.args); unknown {
		return unknownFlagError(flags, name)
	}
	switch err := flags.Parse(c.args); {
	case errors.Is(err, flag.ErrHelp):
		return errors.Join(writeHelp(flags, c.stdout), errHelp)
	case err != nil:
		return fmt.Errorf("%s: %w: %w", flags.Name(), err, ErrUsage)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s: unexpected argument %q: %w", flags.Name(), flags.Arg(0), ErrUsage)
	}
	return nil
}

// unknownFlag returns the first argument that package flag would refuse as an unknown flag, because its error has only
// a text for that.
func unknownFlag(flags *flag.FlagSet, args []string) (string, bool) {
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "-")
		if !isFlag || name == "" || name == "-" || isHelp(args[i]) {
			return "", false
		}
		name, _, hasValue := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		known := flags.Lookup(name)
		if known == nil {
			return name, true
		}
		boolean, ok := known.Value.(interface{ IsBoolFlag() bool })
		if !hasValue && (!ok || !boolean.IsBoolFlag()) {
			i++ // the next argument is its value
		}
	}
	return "", false
}

func unknownFlagError(flags *flag.FlagSet, name string) error {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if len(names) == 0 {
		return fmt.Errorf("%s: unknown flag --%s, it has none: %w", flags.Name(), name, ErrUsage)
	}
	return fmt.Errorf("%s: unknown flag --%s, the nearest is --%s: %w",
		flags.Name(), name, config.Nearest(name, names), ErrUsage)
}

func writeHelp(flags *flag.FlagSet, w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Usage: opsgraph %s [flags]\n", flags.Name())
	for _, sub := range subcommands() {
		if sub.name == flags.Name() {
			fmt.Fprintf(&text, "\nTo %s.\n", sub.summary)
		}
	}
	flags.VisitAll(func(f *flag.Flag) {
		kind, meaning := flag.UnquoteUsage(f)
		fmt.Fprintf(&text, "\n  --%s %s\n      %s", f.Name, kind, meaning)
		if f.DefValue != "" {
			fmt.Fprintf(&text, " (default %s)", f.DefValue)
		}
		text.WriteString("\n")
	})
	_, err := io.WriteString(w, text.String())
	return err
}

// configFlag adds the flag of the configuration file.
func configFlag(flags *flag.FlagSet) *string {
	return flags.String("config", "", "configuration `file` (YAML); without it the one that "+config.FileVariable+" names")
}
