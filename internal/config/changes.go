package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Reload says what of a key changes while a gateway serves.
type Reload string

// The values of Reload: nothing, so that a change needs a restart; its value; the content of the file that it names.
const (
	ReloadNo   Reload = "no"
	ReloadYes  Reload = "yes"
	ReloadFile Reload = "file"
)

// Changes names the keys whose values differ in two configurations, in the order of the struct. Of them, refused has
// those that a gateway which serves can't take over.
func Changes(before, after Config) (changed, refused []string) {
	old := map[string]any{}
	walk(reflect.ValueOf(before), func(f field) { old[f.name] = f.value.Interface() })
	walk(reflect.ValueOf(after), func(f field) {
		if reflect.DeepEqual(old[f.name], f.value.Interface()) {
			return
		}
		changed = append(changed, f.name)
		if f.reload() != ReloadYes {
			refused = append(refused, f.name)
		}
	})
	return changed, refused
}

// Files lists the files that a configuration is made of, whether they can be read or not, each once and in order: its
// own at path (or that of the environment), those of secrets in the environment, and those that its keys name.
func (c Config) Files(path string, environ []string) []string {
	variables := variablesOf(environ)
	files := map[string]bool{fileOf(path, variables): true}
	walk(reflect.ValueOf(c), func(f field) {
		if f.tag.Get("file") != "" {
			files[f.value.String()] = true
		}
		if f.value.Type() == reflect.TypeFor[Secret]() {
			files[variables[f.env+fileSuffix]] = true
		}
	})
	delete(files, "")
	return slices.Sorted(maps.Keys(files))
}

// variablesOf are the "NAME=value" entries of an environment by their names.
func variablesOf(environ []string) map[string]string {
	variables := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			variables[name] = value
		}
	}
	return variables
}

// fileOf is the file of a configuration: that at path, else the one that the environment names; empty for none.
func fileOf(path string, variables map[string]string) string {
	if path == "" {
		return variables[FileVariable]
	}
	return path
}
