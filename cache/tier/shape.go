package tier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
)

// Shape returns a hash of a type's form in JSON: its fields, their names and types, all the way down. It is part of
// every key in Redis, so that a version of the program whose fields differ does not find the value.
func Shape(t reflect.Type) string {
	h := sha256.New()
	describe(h, t, map[reflect.Type]int{})
	return hex.EncodeToString(h.Sum(nil))
}

// describe writes a type so that different types give different texts: names are quoted and every nesting is closed. A
// type that was written before is a number, so that recursive types end.
func describe(w io.Writer, t reflect.Type, seen map[reflect.Type]int) {
	if n, ok := seen[t]; ok {
		fmt.Fprintf(w, "#%d;", n)
		return
	}
	seen[t] = len(seen)
	fmt.Fprintf(w, "%s %q %q{", t.Kind(), t.PkgPath(), t.Name())
	switch t.Kind() {
	case reflect.Struct:
		for field := range t.Fields() {
			fmt.Fprintf(w, "%q %q %t ", field.Name, field.Tag.Get("json"), field.Anonymous)
			describe(w, field.Type, seen)
		}
	case reflect.Map:
		describe(w, t.Key(), seen)
		describe(w, t.Elem(), seen)
	case reflect.Array:
		fmt.Fprintf(w, "%d ", t.Len())
		describe(w, t.Elem(), seen)
	case reflect.Pointer, reflect.Slice:
		describe(w, t.Elem(), seen)
	default: // the kind and the name say all
	}
	fmt.Fprint(w, "}")
}
