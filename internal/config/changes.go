package config

import (
	"reflect"
)

// Changes names the keys whose values differ in two configurations, in the order of the struct.
func Changes(before, after Config) []string {
	old := map[string]any{}
	walk(reflect.ValueOf(before), func(f field) { old[f.name] = f.value.Interface() })
	var changed []string
	walk(reflect.ValueOf(after), func(f field) {
		if !reflect.DeepEqual(old[f.name], f.value.Interface()) {
			changed = append(changed, f.name)
		}
	})
	return changed
}
