package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestNoFieldInterceptor: package plan calls resolvers without gqlgen's middleware of fields, so that nothing may hang
// itself in there.
func TestNoFieldInterceptor(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"graph", "internal", "resolvers"} {
		err := filepath.WalkDir(filepath.Join(kit.ModuleRoot, folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, name := range interceptors(parsed(t, path, nil)) {
				t.Errorf("%s: %s: queries by a plan would not see it", path, name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// interceptors are the names of gqlgen's middleware of fields that a file has.
func interceptors(file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			switch name.Name {
			case "AroundFields", "AroundRootFields", "InterceptField", "InterceptRootField":
				found = append(found, name.Name)
			}
		}
		return true
	})
	return found
}

// TestBatchResolversHaveNoPath: a batch resolver is called for all objects at a position, so that the path in its
// context is that of none of them.
func TestBatchResolversHaveNoPath(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(kit.ModuleRoot, "resolvers", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			files = append(files, parsed(t, path, nil))
		}
	}
	faults, batches := pathReaders(files)
	for _, fault := range faults {
		t.Error(fault)
	}
	if batches < 60 {
		t.Errorf("found %d batch resolvers", batches)
	}
}

// pathReaders are the batch resolvers that read or write where they are, themselves or by functions of their package,
// and how many batch resolvers there are.
func pathReaders(files []*ast.File) (faults []string, batches int) {
	uses, roots := map[string][]string{}, []string{}
	for _, file := range files {
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := function.Name.Name
			if isBatchResolver(function) {
				name = function.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name + "." + name
				roots = append(roots, name)
			}
			ast.Inspect(function.Body, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.SelectorExpr:
					if from, ok := node.X.(*ast.Ident); ok && from.Name == "graphql" {
						uses[name] = append(uses[name], "graphql."+node.Sel.Name)
					}
				case *ast.Ident:
					uses[name] = append(uses[name], node.Name)
				}
				return true
			})
		}
	}
	for _, root := range roots {
		seen := map[string]bool{}
		var follow func(name string)
		follow = func(name string) {
			if seen[name] {
				return
			}
			seen[name] = true
			for _, use := range uses[name] {
				follow(use)
			}
		}
		follow(root)
		for _, forbidden := range []string{
			"GetPath", "GetFieldContext", "GetPathContext", "AddError", "AddErrorf", "WithFieldContext",
		} {
			if seen["graphql."+forbidden] {
				faults = append(faults, root+" comes to graphql."+forbidden)
			}
		}
	}
	return faults, len(roots)
}

// isBatchResolver reports whether a function is a method that takes a context and many objects.
func isBatchResolver(function *ast.FuncDecl) bool {
	if function.Recv == nil || len(function.Type.Params.List) < 2 {
		return false
	}
	receiver, ok := function.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := receiver.X.(*ast.Ident)
	objects := function.Type.Params.List[1]
	return ok && strings.HasSuffix(name.Name, "Resolver") && len(objects.Names) == 1 && objects.Names[0].Name == "objs"
}

// TestExecutorRulesCatch makes sure that both checks can fail.
func TestExecutorRulesCatch(t *testing.T) {
	t.Parallel()
	file := parsed(t, "x.go", `package x
		func (r *hostResolver) A(ctx context.Context, objs []*Host) ([]int, error) { return each(objs), nil }
		func (r *hostResolver) B(ctx context.Context, objs []*Host) ([]int, error) { return other(objs), nil }
		func each(objs []*Host) []int { return paths() }
		func paths() []int { graphql.GetPath(nil); return nil }
		func other([]*Host) []int { return nil }
		func (r *queryResolver) C(ctx context.Context, id string) error { return graphql.AddError(paths()) }
		func use(s Server) { s.AroundFields(nil) }
	`)
	faults, batches := pathReaders([]*ast.File{file})
	if want := []string{"hostResolver.A comes to graphql.GetPath"}; !slices.Equal(faults, want) || batches != 2 {
		t.Errorf("%v of %d, want %v of 2", faults, batches, want)
	}
	if found := interceptors(file); !slices.Equal(found, []string{"AroundFields"}) {
		t.Errorf("found %v", found)
	}
}

// parsed reads a file, or the text of one.
func parsed(t *testing.T, path string, text any) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
