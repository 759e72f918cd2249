// Command supply lists what a release is made of: the Go modules that are linked into the binary on any platform, and
// the npm packages of the pages that it embeds, with their licences. It fails where one has no licence that is allowed.
//
//	supply -root FOLDER -page docs/licences.md [-check]  writes the page, or compares it
//	supply -root FOLDER -notices FILE                    writes the texts of all licences, as they ask for it
//	supply -schemas FOLDER FILE...                       holds bills of materials against CycloneDX's schemas
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

var (
	errStale = errors.New("is not current: run make licences")
	errArgs  = errors.New("-page, -notices or -schemas is needed")
)

func run(args []string) error {
	flags := flag.NewFlagSet("supply", flag.ContinueOnError)
	root := flags.String("root", ".", "`folder` of the repository")
	page := flags.String("page", "", "`file` of the list, below the root")
	check := flags.Bool("check", false, "compare the list with its file, and write nothing")
	notices := flags.String("notices", "", "`file` for the texts of all licences")
	schemas := flags.String("schemas", "", "`folder` of CycloneDX's schemas; the arguments are bills of materials")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	if *schemas != "" {
		return checkBills(*schemas, flags.Args())
	}
	if *page == "" && *notices == "" {
		return errArgs
	}
	parts, err := linked(*root)
	if err != nil {
		return err
	}
	packages, err := bundled(*root)
	if err != nil {
		return err
	}
	if err := judge(append(parts, packages...)); err != nil {
		return err
	}
	if *notices != "" {
		return writeNotices(*notices, append(parts, packages...))
	}
	text := pageOf(parts, packages)
	path := filepath.Join(*root, *page)
	if !*check {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("list of licences: %w", err)
	}
	if string(written) != text {
		return fmt.Errorf("%s %w", *page, errStale)
	}
	fmt.Printf("licences: %d Go modules and %d npm packages, all allowed\n", len(parts), len(packages))
	return nil
}
