package expr

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Limits of a reshape template.
const (
	maxReshapeDepth  = 100
	maxReshapeValues = 10_000
)

// Reshape makes a new object from the data: a JSON value in which every text is a [Reference]. A key that ends with "?"
// is optional: it is written without the mark, and left out when its value is missing or empty (null, false, 0, "", []
// or {}). Under an optional key a missing value is left out too, instead of failing.
type Reshape struct{ root shaped }

// shaped is a node of the template.
type shaped struct {
	members  []member  // of an object
	items    []shaped  // of a list
	ref      Reference // of a text
	constant any       // of everything else
	kind     kind      // object, list, text or unknown for a constant
}

// member is a key of an object.
type member struct {
	key      string
	optional bool
	value    shaped
}

// ReshapeOptions say what happens to values that are not there.
type ReshapeOptions struct {
	UseDefault bool // a missing value becomes Default instead of an error
	Default    any
	OmitNull   bool // members and elements that are null are left out
}

// ParseReshape reads a template: decoded JSON. The error names the place in the template.
func ParseReshape(template any) (*Reshape, error) {
	p := reshapeParser{}
	root, err := p.node(template, 0)
	if err != nil {
		return nil, fmt.Errorf("reshape template%s: %w", p.place(), err)
	}
	return &Reshape{root: root}, nil
}

// reshapeParser counts values and remembers where it is.
type reshapeParser struct {
	values int
	steps  []string
}

func (p *reshapeParser) place() string {
	if len(p.steps) == 0 {
		return ""
	}
	return ", " + newPath(p.steps).String()
}

func (p *reshapeParser) node(template any, depth int) (shaped, error) {
	if p.values++; p.values > maxReshapeValues {
		return shaped{}, fmt.Errorf("it has more than %d values", maxReshapeValues)
	}
	if depth > maxReshapeDepth {
		return shaped{}, fmt.Errorf("more than %d values inside each other", maxReshapeDepth)
	}
	switch template := template.(type) {
	case map[string]any:
		return p.object(template, depth)
	case []any:
		n := shaped{kind: list}
		for i, item := range template {
			p.steps = append(p.steps, fmt.Sprint(i))
			child, err := p.node(item, depth+1)
			if err != nil {
				return shaped{}, err
			}
			n.items = append(n.items, child)
			p.steps = p.steps[:len(p.steps)-1]
		}
		return n, nil
	case string:
		ref, err := ParseReference(template)
		return shaped{kind: text, ref: ref}, err
	case nil, bool, float64, int, int64:
		return shaped{kind: unknown, constant: template}, nil
	}
	return shaped{}, errors.New("it is no JSON value")
}

func (p *reshapeParser) object(template map[string]any, depth int) (shaped, error) {
	n := shaped{kind: object}
	for _, key := range slices.Sorted(maps.Keys(template)) {
		name, optional := strings.CutSuffix(key, "?")
		if name == "" {
			name, optional = key, false
		}
		if _, twice := template[name]; optional && twice {
			return shaped{}, fmt.Errorf("the keys %q and %q are the same", name, key)
		}
		p.steps = append(p.steps, key)
		child, err := p.node(template[key], depth+1)
		if err != nil {
			return shaped{}, err
		}
		n.members = append(n.members, member{key: name, optional: optional, value: child})
		p.steps = p.steps[:len(p.steps)-1]
	}
	return n, nil
}

// Fields are the fields that the template reads.
func (r *Reshape) Fields() []Field { return r.root.fields(nil) }

func (n *shaped) fields(all []Field) []Field {
	if f, ok := n.ref.Field(); ok {
		all = append(all, f)
	}
	for i := range n.items {
		all = n.items[i].fields(all)
	}
	for i := range n.members {
		all = n.members[i].value.fields(all)
	}
	return all
}

// Apply makes the new object; nothing in it is shared with the data. The error is a *[MissingError] when a value that is
// neither optional nor has a default is not there.
func (r *Reshape) Apply(d Data, o ReshapeOptions) (any, error) {
	return o.node(&r.root, d, false)
}

// errLeftOut marks a missing value under an optional key.
var errLeftOut = errors.New("left out")

func (o *ReshapeOptions) node(n *shaped, d Data, optional bool) (any, error) {
	switch n.kind {
	case object:
		made := make(map[string]any, len(n.members))
		for i := range n.members {
			m := &n.members[i]
			value, err := o.node(&m.value, d, optional || m.optional)
			switch {
			case err == errLeftOut:
			case err != nil:
				return nil, err
			case m.optional && isFalsy(value), o.OmitNull && value == nil:
			default:
				made[m.key] = value
			}
		}
		return made, nil
	case list:
		made := make([]any, 0, len(n.items))
		for i := range n.items {
			value, err := o.node(&n.items[i], d, optional)
			switch {
			case err == errLeftOut:
			case err != nil:
				return nil, err
			case o.OmitNull && value == nil:
			default:
				made = append(made, value)
			}
		}
		return made, nil
	case text:
		value, err := n.ref.Resolve(d)
		switch {
		case err == nil:
			return value, nil
		case optional:
			return nil, errLeftOut
		case o.UseDefault:
			return clone(o.Default), nil
		}
		return nil, err
	}
	return n.constant, nil
}

// isFalsy tells whether an optional value is left out.
func isFalsy(value any) bool {
	v := valueOf(value)
	return v.empty() || (v.kind == boolean && !v.flag) || (v.kind == number && v.num == 0)
}
