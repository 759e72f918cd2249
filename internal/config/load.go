package config

import (
	"errors"
	"fmt"
)

// FileVariable is the environment variable that names the configuration file when no flag does.
const FileVariable = "OPSGRAPH_CONFIG"

// Load returns the effective configuration: the defaults, then the YAML file at path (if path is empty, that of
// OPSGRAPH_CONFIG, if any), then the environment, given as "NAME=value" entries. The error joins every fault of the
// file, of the environment, and of Validate; each names its key and none shows a secret.
func Load(path string, environ []string) (Config, error) {
	variables := variablesOf(environ)
	path = fileOf(path, variables)
	config := Defaults()
	var faults []error
	if path != "" {
		if err := readFile(&config, path); err != nil {
			faults = append(faults, fmt.Errorf("configuration file %s: %w", path, err))
		}
	}
	faults = append(faults, applyEnvironment(&config, variables), config.Validate())
	return config, errors.Join(faults...)
}
