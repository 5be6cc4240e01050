// Package node is the contract between flows and the nodes that they are drawn with. A node is one file: a struct whose fields
// are its settings and whose comment is its documentation, its ports, a Run, and examples that are its tests.
//
//	func init() {
//		group.Register(node.Type{
//			ID: "if", Name: "If", Icon: "arrows-split",
//			New: func() node.Node { return &If{} },
//			Out: []node.Port{{Name: "true"}, {Name: "false"}},
//		})
//	}
//
//	// If goes on at the port true when the condition holds, else at the port false.
//	type If struct {
//		Condition node.Condition `json:"condition" title:"Condition" required:"true"`
//	}
//
//	// Run implements node.Node.
//	func (n *If) Run(_ context.Context, in *node.Input) (node.Output, error) {
//		return node.To(strconv.FormatBool(n.Condition.Holds(in)), in.Payload), nil
//	}
//
// Package nodetest runs a node's examples and stands for a flow in its other tests. The contract may still change.
package node
