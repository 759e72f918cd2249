package cache

import (
	"reflect"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// Shape returns a hash of T's form in JSON, for keys of other packages in Redis: a version of the program whose T
// differs does not find their values.
func Shape[T any]() string { return tier.Shape(reflect.TypeFor[T]()) }
