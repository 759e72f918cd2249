package cache

import (
	"reflect"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// Shape is a hash of what T looks like in JSON, for keys of what other packages keep in Redis: another version of the
// program, whose T differs, does not find it.
func Shape[T any]() string { return tier.Shape(reflect.TypeFor[T]()) }
