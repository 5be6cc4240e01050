package expr

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
