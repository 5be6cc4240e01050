package expr

import "fmt"

// Writer is data that can be changed. Set makes the objects on the way to the path that are missing or null; an element
// of a list can be replaced, and the one after the last appended. The zero path replaces or empties the whole source.
// Delete of what is not there does nothing.
type Writer interface {
	Data
	Set(source string, p Path, value any) error
	Delete(source string, p Path) error
}

// Objects are decoded documents by the name of their source, in lower case.
type Objects map[string]any

// Get implements [Data]. Lists and objects are those of the data itself.
func (o Objects) Get(source string, p Path) (value any, ok bool) {
	doc, ok := o[source]
	if !ok {
		return nil, false
	}
	return p.walk(doc)
}

// Set implements [Writer]; a source that is not there is made.
func (o Objects) Set(source string, p Path, value any) error {
	doc, err := set(o[source], p.steps, value)
	if err != nil {
		return fmt.Errorf("set %v: %w", Field{source, p}, err)
	}
	o[source] = doc
	return nil
}

// set puts the value into the node and gives the node back, a new one if it was missing or had to grow.
func set(node any, steps []string, value any) (any, error) {
	if len(steps) == 0 {
		return value, nil
	}
	step := steps[0]
	switch node := node.(type) {
	case nil:
		made, err := set(nil, steps[1:], value)
		return map[string]any{step: made}, err
	case map[string]any:
		changed, err := set(node[step], steps[1:], value)
		if err == nil {
			node[step] = changed
		}
		return node, err
	case []any:
		index, ok := listIndex(step)
		if !ok || index > len(node) {
			return nil, fmt.Errorf("%q is no position in a list of %d", clip(step), len(node))
		}
		if index == len(node) {
			made, err := set(nil, steps[1:], value)
			return append(node[:index:index], made), err
		}
		changed, err := set(node[index], steps[1:], value)
		if err == nil {
			node[index] = changed
		}
		return node, err
	}
	held := valueOf(node)
	return nil, fmt.Errorf("%q cannot be put into %s", clip(step), held.kind)
}

// Delete implements [Writer].
func (o Objects) Delete(source string, p Path) error {
	if doc, ok := o[source]; ok {
		o[source] = remove(doc, p.steps)
	}
	return nil
}

// remove takes the place out of the node and gives the node back, a shorter one if it was a list.
func remove(node any, steps []string) any {
	if len(steps) == 0 {
		return map[string]any{}
	}
	step, last := steps[0], len(steps) == 1
	switch node := node.(type) {
	case map[string]any:
		member, ok := node[step]
		switch {
		case ok && last:
			delete(node, step)
		case ok:
			node[step] = remove(member, steps[1:])
		}
	case []any:
		index, ok := listIndex(step)
		switch {
		case !ok || index >= len(node):
		case last:
			return append(node[:index:index], node[index+1:]...)
		default:
			node[index] = remove(node[index], steps[1:])
		}
	}
	return node
}
