package config

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Key describes one key.
type Key struct {
	Name    string   // path in the YAML file: "server.listen"
	Env     string   // name in the environment: "OPSGRAPH_LISTEN"; a secret has a second one ending in _FILE
	Type    string   // text, secret, URL, true or false, integer, number, duration, zone, list, regions, names, quotas
	Values  []string // closed list of words; empty: no list
	Default string   // in the form of the environment
	Doc     string   // meaning
	Secret  bool     // never printed
	Reload  Reload   // what of it changes while a gateway serves
}

// Keys returns every key, in the order of the struct.
func Keys() []Key {
	var keys []Key
	walk(reflect.ValueOf(Defaults()), func(f field) {
		keys = append(keys, Key{
			Name: f.name, Env: f.env, Type: typeName(f.value.Type()), Values: f.words(),
			Default: plainText(f.value), Doc: f.doc, Secret: f.value.Type() == reflect.TypeFor[Secret](),
			Reload: f.reload(),
		})
	})
	return keys
}

// field is one key within a Config.
type field struct {
	name, env, doc string
	tag            reflect.StructTag
	value          reflect.Value
}

// words returns the closed list of words of the field; empty: no list.
func (f field) words() []string { return strings.Fields(f.tag.Get("values")) }

// reload is what of the field changes while a gateway serves.
func (f field) reload() Reload { return cmp.Or(Reload(f.tag.Get("reload")), ReloadNo) }

// String returns both names of the key, for messages.
func (f field) String() string { return fmt.Sprintf("%s (%s)", f.name, f.env) }

// walk calls visit for every key of a Config.
func walk(config reflect.Value, visit func(field)) { walkGroup(config, "", "", "", visit) }

func walkGroup(group reflect.Value, path, prefix, noun string, visit func(field)) {
	for i := range group.NumField() {
		of := group.Type().Field(i)
		name := path + of.Tag.Get("yaml")
		if !leaf(of) {
			inner := cmp.Or(of.Tag.Get("noun"), noun)
			walkGroup(group.Field(i), name+".", prefix+of.Tag.Get("envPrefix"), inner, visit)
			continue
		}
		visit(field{
			name: name, env: prefix + of.Tag.Get("env"), tag: of.Tag, value: group.Field(i),
			doc: strings.ReplaceAll(of.Tag.Get("doc"), "%s", noun),
		})
	}
}

func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[URL]():
		return "URL"
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[Zone]():
		return "zone"
	case reflect.TypeFor[Regions]():
		return "regions"
	case reflect.TypeFor[Names]():
		return "names"
	case reflect.TypeFor[OperationQuotas]():
		return "quotas"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list"
	case reflect.String:
		return "text"
	default:
		return "integer"
	}
}

// plainText returns a value in the form of the environment.
func plainText(value reflect.Value) string {
	switch v := value.Interface().(type) {
	case []string:
		return strings.Join(v, ",")
	case time.Duration:
		return shortDuration(v)
	case Regions:
		return v.String()
	case Names:
		return v.String()
	case OperationQuotas:
		return v.String()
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	default:
		return fmt.Sprint(v)
	}
}

// shortDuration leaves out the zero units of Duration.String: 10m instead of 10m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}
