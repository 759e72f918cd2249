package gateway

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// openPages makes the pages for browsers; nil where none is served.
func (g *replica) openPages() (*httpapi.Pages, error) {
	options := httpapi.PageOptions{Playground: g.cfg.Server.Playground}
	if console := g.cfg.Console; console.Enabled {
		options.Console = &httpapi.ConsoleSettings{
			Version: g.version, Demo: g.demo != nil, SiteName: console.SiteName, TimeZone: console.TimeZone,
			NearlyFull: console.NearlyFull, Full: console.Full, Language: console.Language,
		}
		options.Console.Identity, options.Console.TokenHeader = identityOf(g.cfg.Auth.Mode)
	}
	if !options.Playground && options.Console == nil {
		return nil, nil //nolint:nilnil // nil pages have none
	}
	return httpapi.NewPages(g.pages, options)
}

// identityOf says what the console has to ask of whoever looks, and which header takes it.
func identityOf(mode string) (identity, header string) {
	switch mode {
	case config.AuthPassthrough:
		return "token", "X-Auth-Token"
	case config.AuthJWT:
		return "token", "Authorization"
	default:
		return "none", ""
	}
}

// consoleDocuments has the documents that the built console asks, where it was built with such a list.
const consoleDocuments = "console-documents.json"

// trusted are the documents that may be asked where no others are: those of the operator's manifest and those of the
// console. nil has none.
func (g *edition) trusted() (*guard.Manifest, error) {
	var own *guard.Manifest
	var err error
	if file := g.cfg.Persisted.ManifestFile; file != "" {
		if own, err = guard.ReadManifest(file); err != nil {
			return nil, err
		}
	}
	if !g.cfg.Persisted.OnlyTrusted || !g.cfg.Console.Enabled {
		return own, nil
	}
	content, err := fs.ReadFile(g.pages, consoleDocuments)
	if errors.Is(err, fs.ErrNotExist) {
		return own, nil
	}
	if err != nil {
		return nil, fmt.Errorf("documents of the console: %w", err)
	}
	consoles, err := guard.ParseManifest(content)
	if err != nil {
		return nil, fmt.Errorf("documents of the console: %w", err)
	}
	all, err := own.With(consoles)
	if err != nil {
		return nil, fmt.Errorf("documents of the console: %w", err)
	}
	return all, nil
}
