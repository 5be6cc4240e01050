package flow

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// Graph is a flow as it is drawn.
type Graph struct {
	Nodes []Node `json:"nodes" required:"false" nullable:"false" maxItems:"1000"`
	Edges []Edge `json:"edges" required:"false" nullable:"false" maxItems:"5000"`
}

// Node is a box of the drawing.
type Node struct {
	ID       string          `json:"id" minLength:"1" maxLength:"100"`
	Type     string          `json:"type" minLength:"1" maxLength:"200" doc:"The kind of node, such as control.if."`
	Name     string          `json:"name,omitempty" maxLength:"200" doc:"Shown instead of the type's name."`
	Position Point           `json:"position,omitzero"`
	Config   json.RawMessage `json:"config,omitempty" doc:"The node's settings, as its type describes them."`
	Switches Switches        `json:"switches,omitzero"`
}

// Point is a place on the drawing's canvas.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Edge takes payloads from an output port to an input port.
type Edge struct {
	ID     string `json:"id" minLength:"1" maxLength:"200"`
	From   string `json:"from" minLength:"1" doc:"Id of the node where payloads come from."`
	Port   string `json:"port" minLength:"1" doc:"Its output port."`
	To     string `json:"to" minLength:"1" doc:"Id of the node where they go."`
	ToPort string `json:"to_port,omitempty" doc:"Its input port; the first one when left out."`
	Name   string `json:"name,omitempty" maxLength:"200" doc:"Names the payload where edges join."`
}

// Key is the name of an edge's payload where edges join.
func (e *Edge) Key() string {
	if e.Name != "" {
		return e.Name
	}
	return e.ID
}

// What becomes of the rest of a flow when a node fails.
const (
	OnErrorBranch   = ""         // the node's branch ends; the error port goes on
	OnErrorContinue = "continue" // the payload that arrived goes on at the first output port too
	OnErrorStop     = "stop"     // the whole run ends
)

// Switches change how the engine treats a node.
type Switches struct {
	Skip        bool     `json:"skip,omitempty" doc:"Do not run the node: what arrives goes on at all of its ports."`
	Block       bool     `json:"block,omitempty" doc:"Do not run the node: nothing goes on."`
	TestOnly    bool     `json:"test_only,omitempty" doc:"Run the node in tests alone; live it is blocked."`
	AppendInput bool     `json:"append_input,omitempty" doc:"Put the results over the payload that arrived, instead of in its place."`
	Background  bool     `json:"background,omitempty" doc:"Run the node after the event is stored, by a worker."`
	OnError     string   `json:"on_error,omitempty" enum:"continue,stop" doc:"After a failure: continue with what arrived, or stop the whole run. Left out, only this branch ends."`
	Timeout     Seconds  `json:"timeout,omitempty" minimum:"0" maximum:"3600" doc:"Seconds that the node may take; 0 for the default of 10."`
	Retry       *Retry   `json:"retry,omitempty"`
	RunOnce     *RunOnce `json:"run_once,omitempty"`
	Join        *Join    `json:"join,omitempty"`
}

// Seconds is a length of time.
type Seconds float64

// Duration is the length as Go counts it.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// Retry runs a node again that failed.
type Retry struct {
	Times int     `json:"times" minimum:"1" maximum:"20" doc:"How often again."`
	Wait  Seconds `json:"wait,omitempty" minimum:"0" maximum:"3600" doc:"Seconds before the first repetition; they double each time. 0 for 0.1."`
}

// RunOnce runs a node only when a value differs from that of the last time.
type RunOnce struct {
	Value     string  `json:"value,omitempty" maxLength:"2000" doc:"A place such as event@properties.cart, or a text."`
	Condition string  `json:"condition,omitempty" maxLength:"16384" doc:"Instead of a value: a condition, whose outcome counts."`
	TTL       Seconds `json:"ttl,omitempty" minimum:"0" doc:"Seconds after which the value is forgotten; 0 for never."`
	Shared    bool    `json:"shared,omitempty" doc:"One value for all profiles; else each profile has its own."`
}

// Join waits for the payloads of all edges that lead to a node and makes one of them: {"name of the edge": payload}.
type Join struct {
	Merge   bool `json:"merge,omitempty" doc:"Put the payloads over each other, in the order of their edges, instead of side by side."`
	Reshape any  `json:"reshape,omitempty" doc:"What to make of the joined payload: a value in which payload@name stands for what is there."`
	// Strict is an error when Reshape names a place that is not there; else it becomes null.
	Strict bool `json:"strict,omitempty" doc:"Fail when a place that the reshaping names is not there; else it becomes null."`
}

// compiledSwitches are switches with their texts parsed.
type compiledSwitches struct {
	Switches
	onceValue     expr.Reference
	onceCondition *expr.Condition
	reshape       *expr.Reshape
}

// compile parses the texts of the switches. report takes what is wrong, by field.
func (s Switches) compile(report func(field, format string, args ...any)) compiledSwitches {
	c := compiledSwitches{Switches: s}
	var err error
	if once := s.RunOnce; once != nil {
		switch {
		case (once.Value == "") == (once.Condition == ""):
			report("switches.run_once", "needs a value or a condition, and not both")
		case once.Value != "":
			if c.onceValue, err = expr.ParseReference(once.Value); err != nil {
				report("switches.run_once.value", "%v", err)
			}
		default:
			if c.onceCondition, err = expr.Parse(once.Condition); err != nil {
				report("switches.run_once.condition", "%v", err)
			}
		}
	}
	if s.Join != nil && s.Join.Reshape != nil {
		if c.reshape, err = expr.ParseReshape(s.Join.Reshape); err != nil {
			report("switches.join.reshape", "%v", err)
		}
	}
	switch s.OnError {
	case OnErrorBranch, OnErrorContinue, OnErrorStop:
	default:
		report("switches.on_error", "is continue, stop, or left out")
	}
	if s.Timeout < 0 || s.Timeout > 3600 {
		report("switches.timeout", "is between 0 and 3600 seconds")
	}
	if s.Retry != nil && (s.Retry.Times < 1 || s.Retry.Times > 20 || s.Retry.Wait < 0 || s.Retry.Wait > 3600) {
		report("switches.retry", "has 1 to 20 times, and a wait between 0 and 3600 seconds")
	}
	return c
}

// Mistake is something that is wrong with a drawing.
type Mistake struct {
	Node    string `json:"node,omitempty" doc:"Id of the node."`
	Edge    string `json:"edge,omitempty" doc:"Id of the edge."`
	Field   string `json:"field,omitempty" doc:"The setting, such as config.condition or type."`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty" doc:"The flow can run all the same."`
	Broken  bool   `json:"-"` // it is no graph at all, and not even to be saved
}

// Error is the problem in one line.
func (p Mistake) Error() string {
	switch {
	case p.Node != "" && p.Field != "":
		return fmt.Sprintf("node %q: %s: %s", p.Node, p.Field, p.Message)
	case p.Node != "":
		return fmt.Sprintf("node %q: %s", p.Node, p.Message)
	case p.Edge != "":
		return fmt.Sprintf("edge %q: %s", p.Edge, p.Message)
	}
	return p.Message
}
