package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaSite is where CycloneDX's schemas say that they are.
const schemaSite = "http://cyclonedx.org/schema/"

// others are the schemas that those of bills refer to, by the names that they are referred to by and those of files.
func others() map[string]string {
	return map[string]string{"spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json"}
}

var (
	errEmpty = errors.New("lists nothing")
	errBare  = errors.New("is not in full")
)

// checkBills holds bills of materials against the schemas of the specification, which lie in a folder, and against what
// is worth a bill: each component has a version and an address.
func checkBills(schemas string, files []string) error {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("bill of materials: %w", err)
		}
		number, err := checkBill(schemas, text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		fmt.Printf("%s: %d components, valid\n", file, number)
	}
	return nil
}

func checkBill(schemas string, text []byte) (components int, err error) {
	var bill struct {
		SpecVersion string
		Components  []struct{ Name, Version, Purl string }
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		return 0, fmt.Errorf("bill of materials: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	name := "bom-" + bill.SpecVersion + ".schema.json"
	all := others()
	all[name] = name
	for url, file := range all {
		schema, err := os.Open(filepath.Join(schemas, filepath.Base(file)))
		if err != nil {
			return 0, fmt.Errorf("schema: %w", err)
		}
		defer schema.Close()
		content, err := jsonschema.UnmarshalJSON(schema)
		if err != nil {
			return 0, fmt.Errorf("schema %s: %w", file, err)
		}
		if err := compiler.AddResource(schemaSite+url, content); err != nil {
			return 0, fmt.Errorf("schema %s: %w", file, err)
		}
	}
	schema, err := compiler.Compile(schemaSite + name)
	if err != nil {
		return 0, fmt.Errorf("schema %s: %w", name, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		return 0, fmt.Errorf("bill of materials: %w", err)
	}
	if err := schema.Validate(value); err != nil {
		return 0, err
	}
	if len(bill.Components) == 0 {
		return 0, errEmpty
	}
	for _, c := range bill.Components {
		if c.Name == "" || c.Version == "" || c.Purl == "" {
			return 0, fmt.Errorf("component %q %w: version %q, purl %q", c.Name, errBare, c.Version, c.Purl)
		}
	}
	return len(bill.Components), nil
}
