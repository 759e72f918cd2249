package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// config is what an image says of how it is run, in the form of the Open Container Initiative. Healthcheck is Docker's.
type config struct {
	User         string              `json:"User"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
	Entrypoint   []string            `json:"Entrypoint"`
	Cmd          []string            `json:"Cmd,omitempty"`
	Healthcheck  *healthcheck        `json:"Healthcheck,omitempty"`
}

// healthcheck is the command by which an engine asks how the container is; times are in nanoseconds.
type healthcheck struct {
	Test        []string
	Interval    time.Duration `json:",omitempty"`
	Timeout     time.Duration `json:",omitempty"`
	StartPeriod time.Duration `json:",omitempty"`
}

// image is what a Containerfile describes: the script that makes the files, and how they are run.
type image struct {
	script string
	config config
}

var (
	errInstruction = errors.New("not understood")
	errIncomplete  = errors.New("the last stage is not one copy to the root, a user and an entry point, on scratch")
)

// instruction is one line of a Containerfile.
type instruction struct{ word, rest string }

// stages splits a Containerfile by its FROM, each with that line first.
func stages(text string) (all [][]instruction) {
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "" || strings.HasPrefix(word, "#"):
		case word == "FROM":
			all = append(all, []instruction{{word, rest}})
		case len(all) > 0:
			all[len(all)-1] = append(all[len(all)-1], instruction{word, rest})
		}
	}
	return all
}

var copied = regexp.MustCompile(`^--from=(\S+) (/\S+)/ /$`)

// read finds what the last stage of a Containerfile describes.
func read(text string) (image, error) {
	var found image
	all := stages(text)
	if len(all) == 0 || all[len(all)-1][0].rest != "scratch" {
		return image{}, errIncomplete
	}
	copies := 0
	for _, line := range all[len(all)-1][1:] {
		var err error
		if line.word == "COPY" {
			copies++
			found.script, err = scriptOf(all, line.rest)
		} else {
			err = found.config.set(line)
		}
		if err != nil {
			return image{}, fmt.Errorf("%s %s: %w", line.word, line.rest, err)
		}
	}
	if copies != 1 || found.config.User == "" || len(found.config.Entrypoint) == 0 {
		return image{}, errIncomplete
	}
	return found, nil
}

// scriptOf is the script that makes the folder that a COPY takes from another stage.
func scriptOf(all [][]instruction, words string) (string, error) {
	source := copied.FindStringSubmatch(words)
	if source == nil {
		return "", errInstruction
	}
	for _, stage := range all {
		if !strings.HasSuffix(stage[0].rest, " AS "+source[1]) {
			continue
		}
		for _, line := range stage {
			if script, folder, ok := strings.Cut(line.rest, " "); line.word == "RUN" && ok && folder == source[2] {
				return script, nil
			}
		}
	}
	return "", fmt.Errorf("%w: no stage makes %s", errInstruction, source[2])
}

// set takes over one instruction of the last stage.
func (c *config) set(line instruction) error {
	switch line.word {
	case "USER":
		c.User = line.rest
	case "EXPOSE":
		c.ExposedPorts = map[string]struct{}{}
		for port := range strings.FieldsSeq(line.rest) {
			c.ExposedPorts[port+"/tcp"] = struct{}{}
		}
	case "ENTRYPOINT":
		return json.Unmarshal([]byte(line.rest), &c.Entrypoint)
	case "CMD":
		return json.Unmarshal([]byte(line.rest), &c.Cmd)
	case "HEALTHCHECK":
		return c.setHealthcheck(line.rest)
	default:
		return errInstruction
	}
	return nil
}

func (c *config) setHealthcheck(words string) error {
	options, command, found := strings.Cut(words, "CMD ")
	if !found {
		return errInstruction
	}
	c.Healthcheck = &healthcheck{}
	times := map[string]*time.Duration{
		"--interval": &c.Healthcheck.Interval, "--timeout": &c.Healthcheck.Timeout,
		"--start-period": &c.Healthcheck.StartPeriod,
	}
	for option := range strings.FieldsSeq(options) {
		name, value, _ := strings.Cut(option, "=")
		length, err := time.ParseDuration(value)
		if err != nil || times[name] == nil {
			return fmt.Errorf("%w: %s", errInstruction, option)
		}
		*times[name] = length
	}
	var argv []string
	if err := json.Unmarshal([]byte(command), &argv); err != nil {
		return err
	}
	c.Healthcheck.Test = append([]string{"CMD"}, argv...)
	return nil
}
