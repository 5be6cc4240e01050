package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "calculate", Name: "Calculator", Icon: "calculator",
		New:     func() node.Node { return &Calculate{} },
		Aliases: []string{"tracardi.process_engine.action.v1.calculator_action.CalculatorAction"},
		Examples: []node.Example{
			{
				Name: "net and tax", Config: `{"calc_dsl": "net = payload@total / 1.25\nprofile@traits.net = net\nbasket.tax = payload@total - net"}`,
				Payload: `{"total": "10"}`, Port: "payload", Result: `{"result": 2, "variables": {"net": 8, "basket": {"tax": 2}}}`,
				After: map[string]string{"profile@traits.net": `8`},
			},
			{Name: "no number", Config: `{"calc_dsl": "payload@total + 1"}`, Payload: `{"total": "ten"}`, Error: "no number"},
			{Name: "division by zero", Config: `{"calc_dsl": "1 / payload@n"}`, Payload: `{"n": 0}`, Error: "division by zero"},
		},
	})
}

// Calculate computes with numbers from the data.
//
// Each line is an assignment or an expression, with + - * / and parentheses. It may assign to a name for later lines, or to a
// place such as profile@traits.net. The payload has the last result as result, and the names as variables.
type Calculate struct {
	Lines string `json:"calc_dsl" title:"Lines" help:"Such as profile@traits.net = event@properties.total / 1.2." required:"true" widget:"textarea"`

	calculation *expr.Calculation
}

// Check implements node.Checker.
func (n *Calculate) Check() (err error) {
	if n.calculation, err = expr.ParseCalculation(n.Lines); err != nil {
		return tracardi.InvalidField("calc_dsl", "%v", err)
	}
	return nil
}

// Run implements node.Node.
func (n *Calculate) Run(_ context.Context, in *node.Input) (node.Output, error) {
	result, err := n.calculation.Run(in)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("payload", map[string]any{"result": result.Last, "variables": result.Variables}), nil
}
