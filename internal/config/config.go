// Package config defines all settings: a struct whose fields are the keys, their defaults, and the two ways to set them
// (a YAML file, then the environment, which wins).
//
// The environment is a parameter; it reads no files but those named by its parameters. It must not import any other
// package of ours, and no secret may leave it in a text, an error or a printed configuration.
package config

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml"
)

// Config is the whole configuration of one gateway. Load makes one; a zero Config is not usable, Defaults is.
//
// The tags of a field document it: yaml and env are its names, doc its meaning, values its closed list of words, and
// zero:"ok" allows zero. file:"yes" marks the name of a file that is looked at for changes. reload says what a gateway
// that serves takes over: "yes" another value, "file" another content of the file that it names; without it a change
// needs a restart. Keys turns them into a table.
type Config struct {
	Server    Server    `yaml:"server"`
	Console   Console   `yaml:"console"`
	Admin     Admin     `yaml:"admin"`
	Auth      Auth      `yaml:"auth"`
	Persisted Persisted `yaml:"persisted"`
	Redis     Redis     `yaml:"redis"`
	ESM       ESM       `yaml:"esm"`
	IAM       IAM       `yaml:"iam"`
	GaussDB   GaussDB   `yaml:"gaussdb"`
	Workspace Workspace `yaml:"workspace"`
	BSS       BSS       `yaml:"bss"`
	Upstream  Upstream  `yaml:"upstream"`
	Simulator Simulator `yaml:"simulator"`
	Regions   Regions   `yaml:"regions" env:"OPSGRAPH_REGIONS" doc:"Regions known without asking: a list of code, name and name_en; in the environment code=name=nameEn,… (both names may be left out). The data may name more. Rows that call a region by one of its names are its own."`
	Limits    Limits    `yaml:"limits"`
	Callers   Callers   `yaml:"callers"`
	Ages      Ages      `yaml:"ages" envPrefix:"OPSGRAPH_AGES_"`
	Windows   Windows   `yaml:"windows"`
	Live      Live      `yaml:"live"`
	Quota     Quota     `yaml:"quota"`
	Zones     Zones     `yaml:"zones"`
	Log       Log       `yaml:"log"`
	Metrics   Metrics   `yaml:"metrics"`
	Tracing   Tracing   `yaml:"tracing"`
}

// Demo reports whether no key of an upstream system (ESM, IAM, GaussDB, Workspace, BSS) is set, so that the embedded
// simulator plays all five. When any of them is set, there is no simulator.
func (c Config) Demo() bool {
	return c.ESM == ESM{} && c.IAM == IAM{} && c.GaussDB.URL == "" && c.Workspace.URL == "" && c.BSS == BSS{}
}

// String returns the configuration as a YAML file that means the same, with masked secrets and credentials in
// addresses.
func (c Config) String() string {
	text, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Sprintf("configuration cannot be printed: %v", err)
	}
	return string(text)
}

// leaf reports whether a field of the struct is a key (and not a group of keys).
func leaf(field reflect.StructField) bool {
	_, ok := field.Tag.Lookup("env")
	return ok
}
