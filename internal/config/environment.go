package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

const (
	variablePrefix = "OPSGRAPH_"
	fileSuffix     = "_FILE"
)

// serviceLink and servicePort match the variables that Kubernetes adds to each pod for a Service whose name begins with
// opsgraph. The value tells those of ports from a mistaken key.
var (
	serviceLink     = regexp.MustCompile(`^OPSGRAPH(_[A-Z0-9_]+)?_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$`)
	servicePort     = regexp.MustCompile(`^OPSGRAPH(_[A-Z0-9_]+)?_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$`)
	servicePortText = regexp.MustCompile(`^((tcp|udp|sctp)://.+|tcp|udp|sctp|\d+|[0-9a-fA-F.:]+)$`)
)

// applyEnvironment sets the keys that have a variable. An empty variable counts as not set. NAME_FILE sets NAME when
// that is a secret.
func applyEnvironment(config *Config, variables map[string]string) error {
	known := map[string]bool{}
	secret := map[string]bool{}
	walk(reflect.ValueOf(*config), func(f field) {
		known[f.env] = true
		secret[f.env] = f.value.Type() == reflect.TypeFor[Secret]()
	})
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value := variables[name]
		if !strings.HasPrefix(name, variablePrefix) || name == FileVariable || value == "" {
			continue
		}
		of := strings.TrimSuffix(name, fileSuffix)
		switch {
		case known[name]:
			faults = append(faults, setVariable(config, name, value))
		case of != name && secret[of]:
			faults = append(faults, setFromFile(config, of, value, variables))
		case serviceLink.MatchString(name),
			servicePort.MatchString(name) && servicePortText.MatchString(value):
		default:
			faults = append(faults, fmt.Errorf("unknown variable %s, the nearest is %s", name, nearestVariable(name)))
		}
	}
	return errors.Join(faults...)
}

// setVariable sets one key alone, so that its error can name the variable: the library's names the struct's field.
func setVariable(config *Config, name, value string) error {
	err := env.ParseWithOptions(config, env.Options{Environment: map[string]string{name: value}})
	if parse, ok := errors.AsType[env.ParseError](err); ok {
		err = parse.Err
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func setFromFile(config *Config, name, path string, variables map[string]string) error {
	if variables[name] != "" {
		return fmt.Errorf("%s and %s are both set: only one may be", name, name+fileSuffix)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", name+fileSuffix, err)
	}
	value := strings.TrimRight(string(text), "\r\n")
	if value == "" {
		return fmt.Errorf("%s: %s is empty", name+fileSuffix, path)
	}
	return setVariable(config, name, value)
}
