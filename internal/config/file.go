package config

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// readFile sets the keys of the file at path. A key without a value keeps its default.
func readFile(config *Config, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return errors.Unwrap(err) // The caller names the path.
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return placed(err)
	}
	var faults []error
	if len(file.Docs) > 1 {
		faults = append(faults, errors.New("more than one document"))
	}
	for _, document := range file.Docs {
		faults = append(faults, readGroup(reflect.ValueOf(config).Elem(), document.Body, "")...)
	}
	return errors.Join(faults...)
}

// readGroup reads a mapping into a group of keys and returns every fault in it.
func readGroup(group reflect.Value, node ast.Node, path string) []error {
	if empty(node) {
		return nil
	}
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		return []error{fmt.Errorf("%s: %s is a group of keys, no %s", position(node), label(path), kind(node))}
	}
	var faults []error
	for _, entry := range mapping.Values {
		faults = append(faults, readEntry(group, entry, path)...)
	}
	return faults
}

func readEntry(group reflect.Value, entry *ast.MappingValueNode, path string) []error {
	name := entry.Key.GetToken().Value
	for i := range group.NumField() {
		of := group.Type().Field(i)
		if of.Tag.Get("yaml") != name {
			continue
		}
		if !leaf(of) {
			return readGroup(group.Field(i), entry.Value, path+name+".")
		}
		return readValue(group.Field(i), entry.Value, path+name)
	}
	return []error{fmt.Errorf("%s: unknown key %q, the nearest is %s",
		position(entry.Key), path+name, nearestKey(path, name))}
}

// readValue reads the value of one key. It takes a scalar for a text as it is written: YAML would make a number of a
// password such as 0123.
func readValue(target reflect.Value, node ast.Node, name string) []error {
	if empty(node) {
		return nil
	}
	var err error
	scalar, isScalar := node.(ast.ScalarNode)
	if indirect(node) {
		return []error{fmt.Errorf("%s: %s: anchors, aliases and tags are not read here", position(node), name)}
	}
	switch into := target.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		err = readText(into, node)
	case *string:
		if !isScalar {
			err = fmt.Errorf("takes a text, no %s", kind(node))
			break
		}
		*into = scalarText(scalar)
	default:
		err = yaml.NodeToValue(node, into, yaml.Strict())
	}
	if err != nil {
		return []error{fmt.Errorf("%s: %s: %w", position(node), name, describe(err))}
	}
	return nil
}

// readText reads the value of a key that has its own form as text; regions, names and quotas may also be lists.
func readText(into encoding.TextUnmarshaler, node ast.Node) error {
	if scalar, ok := node.(ast.ScalarNode); ok {
		return into.UnmarshalText([]byte(scalarText(scalar)))
	}
	switch list := into.(type) {
	case *Regions:
		return yaml.NodeToValue(node, (*[]Region)(list), yaml.Strict())
	case *OperationQuotas:
		return yaml.NodeToValue(node, (*[]OperationQuota)(list), yaml.Strict())
	case *Names:
		return yaml.NodeToValue(node, (*[]Name)(list), yaml.Strict())
	default:
		return fmt.Errorf("takes a text, no %s", kind(node))
	}
}

// scalarText returns a scalar as it is written, without its quotes.
func scalarText(node ast.ScalarNode) string {
	switch text := node.(type) {
	case *ast.StringNode:
		return text.Value
	case *ast.LiteralNode:
		return text.Value.Value
	default:
		return node.GetToken().Value
	}
}

func empty(node ast.Node) bool {
	if node == nil {
		return true
	}
	kind := node.Type()
	return kind == ast.NullType || kind == ast.CommentType
}

// indirect reports whether a node only leads to a value: the YAML package counts it as a scalar with the text of its
// mark.
func indirect(node ast.Node) bool {
	kind := node.Type()
	return kind == ast.AnchorType || kind == ast.AliasType || kind == ast.TagType
}

func kind(node ast.Node) string { return strings.ToLower(node.Type().String()) }

func label(path string) string {
	if path == "" {
		return "the file"
	}
	return strings.TrimSuffix(path, ".")
}

func position(node ast.Node) string {
	at := node.GetToken().Position
	return fmt.Sprintf("line %d, column %d", at.Line, at.Column)
}

// placed returns the place and the message of an error of the YAML package, as describe does.
func placed(err error) error {
	fault, ok := errors.AsType[yaml.Error](err)
	if ok && fault.GetToken() != nil && fault.GetToken().Position != nil {
		at := fault.GetToken().Position
		return fmt.Errorf("line %d, column %d: %w", at.Line, at.Column, describe(err))
	}
	return describe(err)
}

// describe returns only the message of an error of the YAML package: its text quotes lines of the file, which may hold
// a secret.
func describe(err error) error {
	if fault, ok := errors.AsType[yaml.Error](err); ok {
		return errors.New(fault.GetMessage())
	}
	return err
}
