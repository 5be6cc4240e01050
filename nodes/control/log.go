package control

import (
	"context"
	"log/slog"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "log", Name: "Log message", Icon: "notes",
		New:     func() node.Node { return &Log{Level: "warning", Message: node.TemplateOf("<log-message>")} },
		Aliases: []string{"tracardi.process_engine.action.v1.log_action.LogAction"},
		Examples: []node.Example{
			{
				Name: "note what was bought", Config: `{"type": "info", "message": "bought {{payload@sku}}"}`,
				Payload: `{"sku": "A-1"}`, Port: "payload",
			},
			{Name: "what is not there", Config: `{"message": "bought {{payload@sku}}"}`, Error: "payload@sku is missing"},
		},
	})
}

var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warning": slog.LevelWarn, "error": slog.LevelError}

// Log notes a message, which the run then shows. Warnings and errors also mark the event, but stop nothing.
type Log struct {
	Level   string        `json:"type" title:"Level" help:"How serious it is." enum:"debug,info,warning,error"`
	Message node.Template `json:"message" title:"Message" help:"What to note, such as Bought {{event@properties.name}}." required:"true"`
}

// Run implements node.Node.
func (n *Log) Run(_ context.Context, in *node.Input) (node.Output, error) {
	message, err := n.Message.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	in.Log(levels[n.Level], message)
	return node.To("payload", in.Payload), nil
}
