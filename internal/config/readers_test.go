package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

// enforced are keys that decide whether the gateway starts, which is all that they do.
func enforced() []string { return []string{"Auth", "Auth.Mode", "Server.AllowAnonymous"} }

// notOffered are keys of what the server does not offer yet, and limits whose values stand in the schema.
func notOffered() []string {
	return []string{
		"Auth.AcceptedFor", "Server.TLSCertificateFile", "Server.TLSKeyFile", "Server.Playground",
		"Limits.Cost", "Limits.QuotaCalls", "Limits.FastCalls", "Limits.First", "Limits.DefaultFirst", "Limits.IDs",
		"Limits.SocketInitTimeout", "Limits.SocketPing", "Limits.SocketOperations", "Limits.SocketConnections",
		"Limits.SocketFrameBytes",
	}
}

// TestEveryKeyHasAReader proves, by the names of the fields alone, that no key is documented which the program never
// looks at: what validates a key is no reader of it.
func TestEveryKeyHasAReader(t *testing.T) {
	read, known := map[string]bool{}, append(enforced(), notOffered()...)
	for _, pattern := range []string{"*.go", "../*/*.go", "../*/*/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "validate") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(node ast.Node) bool {
				if selector, ok := node.(*ast.SelectorExpr); ok {
					read[selector.Sel.Name] = true
				}
				return true
			})
		}
	}
	var check func(group reflect.Type, path string)
	check = func(group reflect.Type, path string) {
		for field := range group.Fields() {
			if !read[field.Name] && !slices.Contains(known, path+field.Name) {
				t.Errorf("nothing reads %s", path+field.Name)
			}
			if _, key := field.Tag.Lookup("env"); !key && field.Type.Kind() == reflect.Struct {
				check(field.Type, path+field.Name+".")
			}
		}
	}
	check(reflect.TypeFor[config.Config](), "")
}
