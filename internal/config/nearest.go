package config

import (
	"reflect"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the name that a mistyped word most likely means, the first of equally near ones; empty without names.
func Nearest(word string, names []string) string {
	nearest, least := "", -1
	for _, name := range names {
		distance := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(name))
		if least < 0 || distance < least {
			nearest, least = name, distance
		}
	}
	return nearest
}

// nearestKey returns the key that a name in the group path most likely means: a key of that name in another group, or
// the nearest of the same group.
func nearestKey(path, name string) string {
	var siblings []string
	elsewhere := ""
	note := func(full string) {
		if rest, ok := strings.CutPrefix(full, path); ok && !strings.Contains(rest, ".") {
			siblings = append(siblings, rest)
		}
		if last := full[strings.LastIndexByte(full, '.')+1:]; elsewhere == "" && last == name {
			elsewhere = full
		}
	}
	for _, group := range groupNames(reflect.TypeFor[Config](), "") {
		note(group)
	}
	walk(reflect.ValueOf(Defaults()), func(f field) { note(f.name) })
	if elsewhere != "" {
		return elsewhere
	}
	return path + Nearest(name, siblings)
}

// groupNames returns the path of every group of keys.
func groupNames(group reflect.Type, path string) []string {
	var names []string
	for of := range group.Fields() {
		if leaf(of) {
			continue
		}
		name := path + of.Tag.Get("yaml")
		names = append(names, name)
		names = append(names, groupNames(of.Type, name+".")...)
	}
	return names
}

func nearestVariable(name string) string {
	names := []string{FileVariable}
	walk(reflect.ValueOf(Defaults()), func(f field) {
		names = append(names, f.env)
		if f.value.Type() == reflect.TypeFor[Secret]() {
			names = append(names, f.env+fileSuffix)
		}
	})
	return Nearest(name, names)
}
