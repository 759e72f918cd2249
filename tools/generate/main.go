// Command generate makes the code of the schema: what gqlgen makes, by gqlgen.yml, and the tables by which package plan
// carries queries out. Run it where gqlgen.yml is; `make generate` does.
package main

import (
	"fmt"
	"io"
	"log" //nolint:depguard // gqlgen writes there
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate() error {
	log.SetOutput(io.Discard) // gqlgen tells there which fields it makes resolvers for
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return fmt.Errorf("read gqlgen.yml: %w", err)
	}
	if err := api.Generate(cfg, api.AddPlugin(tablesPlugin{})); err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	return nil
}
