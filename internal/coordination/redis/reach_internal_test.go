package redis

import (
	"reflect"
	"strings"
	"testing"
)

// TestConnectionHidesItsClient: no type of go-redis can be reached from a Connection by way of fields, elements and
// signatures. The compiler follows these for each package that holds one, however deep: it would make some thousand
// methods of go-redis's clients anew for most packages of the gateway, two seconds each.
func TestConnectionHidesItsClient(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var follow func(of reflect.Type, way string)
	follow = func(of reflect.Type, way string) {
		if seen[of] {
			return
		}
		seen[of] = true
		if strings.HasPrefix(of.PkgPath(), "github.com/redis/go-redis/") {
			t.Errorf("%s is a %s", way, of)
			return
		}
		switch of.Kind() {
		case reflect.Struct:
			for field := range of.Fields() {
				follow(field.Type, way+"."+field.Name)
			}
		case reflect.Map:
			follow(of.Key(), way+"[key]")
			follow(of.Elem(), way+"[]")
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			follow(of.Elem(), way)
		case reflect.Func:
			for in := range of.Ins() {
				follow(in, way+"()")
			}
			for out := range of.Outs() {
				follow(out, way+"()")
			}
		case reflect.Interface:
			for method := range of.Methods() {
				follow(method.Type, way+"."+method.Name)
			}
		default:
		}
	}
	follow(reflect.TypeFor[Connection](), "Connection")
	if len(seen) < 20 {
		t.Errorf("%d types are followed only", len(seen))
	}
}
