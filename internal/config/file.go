package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// file is a kong resolver that takes settings from the YAML file that the setting "config" names.
type file struct {
	read   bool
	values map[string]string
}

// Validate implements kong.Resolver. The file can't be checked here: its name is not known yet.
func (f *file) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver. Nil leaves the setting to the environment and to its default.
func (f *file) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !f.read {
		f.read = true
		if err := f.load(ctx); err != nil {
			return nil, err
		}
	}
	if _, set := os.LookupEnv(env(flag)); set {
		return nil, nil
	}
	if value, found := f.values[flag.Name]; found {
		return value, nil
	}
	return nil, nil
}

func (f *file) load(ctx *kong.Context) error {
	name := fileName(ctx)
	if name == "" {
		return nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	var known []string
	for _, flag := range settings(ctx) {
		known = append(known, flag.Name)
	}
	f.values, err = decode(content, known)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// fileName returns the value of the setting "config" before all settings are resolved.
func fileName(ctx *kong.Context) string {
	for _, flag := range settings(ctx) {
		if flag.Name == "config" {
			name, _ := ctx.FlagValue(flag).(string)
			return name
		}
	}
	return ""
}

// decode reads the keys and values of a settings file. A list becomes its elements with commas between. Every problem of the
// file is in the error.
func decode(content []byte, known []string) (map[string]string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	values := map[string]string{}
	if len(document.Content) == 0 {
		return values, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: write one setting a line, such as \"addr: 127.0.0.1:8686\"", root.Line)
	}
	var problems []error
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, node := root.Content[i], root.Content[i+1]
		value, err := scalar(node)
		switch _, twice := values[key.Value]; {
		case key.Value == "config":
			err = errors.New("a settings file cannot name another one")
		case !slices.Contains(known, key.Value):
			err = fmt.Errorf("there is no such setting; the nearest is %q", nearest(key.Value, known))
		case twice:
			err = errors.New("is set twice")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d: %s: %w", key.Line, key.Value, err))
			continue
		}
		if node.Tag != "!!null" {
			values[key.Value] = value
		}
	}
	return values, errors.Join(problems...)
}

func scalar(node *yaml.Node) (string, error) {
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Value, nil
	case yaml.AliasNode:
		return scalar(node.Alias)
	case yaml.SequenceNode:
		var items []string
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode {
				return "", errors.New("must be a list of plain values")
			}
			items = append(items, item.Value)
		}
		return strings.Join(items, ","), nil
	}
	return "", errors.New("must be a plain value or a list of them")
}

// nearest returns the name that takes the fewest edits to reach.
func nearest(word string, names []string) string {
	return slices.MinFunc(names, func(a, b string) int { return distance(word, a) - distance(word, b) })
}

// distance counts the bytes to insert, remove or change to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
