package data

import (
	"context"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "uuid", Name: "UUID4", Icon: "id",
		New:      func() node.Node { return &UUID{} },
		Out:      []node.Port{{Name: "uuid4", Doc: "The new id."}},
		Aliases:  []string{"tracardi.process_engine.action.v1.misc.uuid4.plugin.GetUuid4Action"},
		Examples: []node.Example{{Name: "a new id", Port: "uuid4", Result: "*"}},
	})
}

// UUID makes a random id that nobody else has or can guess: {"uuid4": "…"}.
type UUID struct{}

// Run implements node.Node.
func (n *UUID) Run(context.Context, *node.Input) (node.Output, error) {
	id, err := uuid.NewRandom()
	return node.To("uuid4", map[string]any{"uuid4": id.String()}), err
}
