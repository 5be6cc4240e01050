// Package data holds the nodes that read, make and change data.
package data

import (
	"cmp"
	"embed"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("data", "Data", sources)

// list reads a setting that must stand for a list.
func list(in *node.Input, setting string, value node.Value) ([]any, error) {
	resolved, err := value.Resolve(in)
	if err != nil {
		return nil, err
	}
	items, ok := resolved.([]any)
	if !ok {
		return nil, tracardi.InvalidField(setting, "is no list")
	}
	return items, nil
}

// object reads a setting that must stand for an object.
func object(in *node.Input, setting string, value node.Value) (map[string]any, error) {
	resolved, err := value.Resolve(in)
	if err != nil {
		return nil, err
	}
	members, ok := resolved.(map[string]any)
	if !ok {
		return nil, tracardi.InvalidField(setting, "is no object")
	}
	return members, nil
}

// written is the JSON of a value, which is the same for equal values.
func written(value any) string { return string(tracardi.AppendValue(nil, value)) }

// text is a value as a person would write it.
func text(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return written(value)
}

// index is the position of an equal value in a list, -1 for none.
func index(items []any, value any) int {
	want := written(value)
	return slices.IndexFunc(items, func(item any) bool { return written(item) == want })
}

// order puts values in an order, in place: all of them numbers, texts or booleans.
func order[T any](items []T, key func(T) any, descending bool) error {
	kinds := map[string]bool{}
	for _, item := range items {
		kinds[kindOf(key(item))] = true
	}
	for kind := range kinds {
		if len(kinds) > 1 || kind == "object" || kind == "array" || kind == "null" {
			return tracardi.InvalidField("data", "only numbers, only texts, or only true and false can be put in an order")
		}
	}
	slices.SortStableFunc(items, func(a, b T) int {
		result := compare(key(a), key(b))
		if descending {
			return -result
		}
		return result
	})
	return nil
}

func compare(a, b any) int {
	switch a := a.(type) {
	case float64:
		other, _ := b.(float64)
		return cmp.Compare(a, other)
	case string:
		other, _ := b.(string)
		return strings.Compare(a, other)
	}
	return strings.Compare(written(a), written(b)) // false before true
}

// kindOf is the kind of a value; int and float are one.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// items is a value as a list: itself, or a list of the one value; null is an empty list.
func items(value any) []any {
	switch value := value.(type) {
	case nil:
		return []any{}
	case []any:
		return value
	}
	return []any{value}
}
