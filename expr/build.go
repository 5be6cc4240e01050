package expr

import "time"

// All is true when every one of the conditions is. Those that match everything, and nil, add nothing.
func All(conditions ...*Condition) *Condition {
	var nodes []Node
	for _, c := range conditions {
		if c == nil || c.root == nil {
			continue
		}
		if and, ok := c.root.(And); ok {
			nodes = append(nodes, and.Nodes...)
		} else {
			nodes = append(nodes, c.root)
		}
	}
	switch len(nodes) {
	case 0:
		return &Condition{}
	case 1:
		return &Condition{root: nodes[0]}
	}
	return &Condition{root: And{nodes}}
}

// OneOf is the condition that a field of the searched record equals one of the texts, of which there may be any number.
func OneOf(field Path, texts ...string) *Condition {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return &Condition{root: newLeaf(In, "", Field{Path: field}, List{values}, nil)}
}

// Before is the condition that a field of the searched record holds a date before t.
func Before(field Path, t time.Time) *Condition {
	return &Condition{root: newLeaf(Less, "", Field{Path: field}, Literal{t}, nil)}
}

// Holds is the condition that a list of the searched record contains the text.
func Holds(field Path, text string) *Condition {
	return &Condition{root: newLeaf(Contains, "", Field{Path: field}, Literal{text}, nil)}
}
