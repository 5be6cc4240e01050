package flowtest

import (
	"context"
	"errors"
	"testing/fstest"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() { registerNodes() }

func registerNodes() {
	group := node.NewGroup("try", "Try", fstest.MapFS{})
	pass := func(n node.Node) func() node.Node { return func() node.Node { return n } }
	group.Register(node.Type{ID: "start", Name: "Start", Icon: "x", Start: true, In: []node.Port{}, New: pass(&passNode{})})
	group.Register(node.Type{ID: "pass", Name: "Pass", Icon: "x", New: pass(&passNode{})})
	group.Register(node.Type{
		ID: "put", Name: "Put", Icon: "x", New: func() node.Node { return &putNode{} },
		Aliases: []string{"old.module.PutAction"},
		Import: func(old map[string]any) map[string]any {
			return map[string]any{"name": old["key"], "value": old["val"]}
		},
	})
	group.Register(node.Type{ID: "fail", Name: "Fail", Icon: "x", New: pass(&failNode{})})
	group.Register(node.Type{ID: "break", Name: "Break", Icon: "x", New: pass(&breakNode{})})
	group.Register(node.Type{ID: "lie", Name: "Lie", Icon: "x", New: pass(&lieNode{})})
	group.Register(node.Type{ID: "hang", Name: "Hang", Icon: "x", New: pass(&hangNode{})})
	group.Register(node.Type{
		ID: "act", Name: "Act", Icon: "x", New: pass(&actNode{}), Acts: true,
		Examples: []node.Example{{Name: "does", Port: "payload", Result: `{"example": true}`}},
	})
	group.Register(node.Type{ID: "later", Name: "Later", Icon: "x", New: pass(&actNode{}), Background: true})
	group.Register(node.Type{ID: "lost", Name: "Lost", Icon: "x", New: func() node.Node { return &lostNode{} }, Acts: true, Background: true})
	group.Register(node.Type{
		ID: "wait", Name: "Wait", Icon: "x", New: func() node.Node { return &waitNode{} },
		Out: []node.Port{{Name: "payload"}, {Name: "matched"}},
	})
	group.Register(node.Type{ID: "twice", Name: "Twice", Icon: "x", New: pass(&twiceNode{})})
	group.Register(node.Type{ID: "join", Name: "Join", Icon: "x", New: pass(&passNode{}), Joins: true})
	group.Register(node.Type{ID: "change", Name: "Change", Icon: "x", New: func() node.Node { return &changeNode{} }})
	group.Register(node.Type{ID: "answer", Name: "Answer", Icon: "x", New: func() node.Node { return &answerNode{} }})
	group.Register(node.Type{ID: "raise", Name: "Raise", Icon: "x", New: func() node.Node { return &raiseNode{} }})
	group.Register(node.Type{ID: "two", Name: "Two inputs", Icon: "x", New: pass(&portNode{}), In: []node.Port{{Name: "left"}, {Name: "right"}}})
}

type passNode struct{}

func (*passNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.To("payload", in.Payload), nil
}

type putNode struct {
	Name   string     `json:"name" required:"true"`
	Value  node.Value `json:"value"`
	Memory bool       `json:"memory"`
}

func (n *putNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if n.Memory {
		place := node.Path{}
		if err := place.UnmarshalText([]byte("memory@" + n.Name)); err != nil {
			return node.Output{}, err
		}
		return node.To("payload", in.Payload), place.Set(in, value)
	}
	in.Measure("puts", 1)
	return node.To("payload", in.With(n.Name, value)), nil
}

type failNode struct{}

func (*failNode) Run(context.Context, *node.Input) (node.Output, error) {
	return node.Output{}, errors.New("it failed")
}

type breakNode struct{}

func (*breakNode) Run(context.Context, *node.Input) (node.Output, error) {
	panic("assignment to entry in nil map")
}

type lieNode struct{}

func (*lieNode) Run(context.Context, *node.Input) (node.Output, error) {
	return node.To("nowhere", map[string]any{}), nil
}

type hangNode struct{}

func (*hangNode) Run(ctx context.Context, _ *node.Input) (node.Output, error) {
	<-ctx.Done()
	return node.Output{}, ctx.Err()
}

// actNode counts its calls in the shared values, and fails as often as "failures" says.
type actNode struct{}

func (*actNode) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	n, err := in.Values().Add(ctx, "acts", 1, 0)
	if err != nil {
		return node.Output{}, err
	}
	if failures, _ := in.Payload["failures"].(float64); float64(n) <= failures {
		return node.Output{}, errors.New("not yet")
	}
	return node.To("payload", in.With("acts", float64(n))), nil
}

// lostNode counts its calls like actNode, and does not know how they ended.
type lostNode struct {
	Harmless bool `json:"harmless"`
}

// Repeatable implements node.Repeater.
func (n *lostNode) Repeatable() bool { return n.Harmless }

func (*lostNode) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	if _, err := in.Values().Add(ctx, "acts", 1, 0); err != nil {
		return node.Output{}, err
	}
	return node.Output{}, node.Unknown(errors.New("the line went dead"))
}

type waitNode struct {
	For   node.Duration `json:"for"`
	Event string        `json:"event"`
	Again bool          `json:"again"`
}

func (n *waitNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if n.Again && in.Port != "again" {
		return node.Output{Wait: &node.Wait{Until: n.For.From(in.Now()), Again: true, Result: node.Result{Port: "again", Payload: in.Payload}}}, nil
	}
	if n.Again {
		return node.To("payload", in.Payload), nil
	}
	return node.Output{Wait: &node.Wait{
		Until: n.For.From(in.Now()), EventType: n.Event, Matched: "matched", Result: node.Result{Port: "payload", Payload: in.Payload},
	}}, nil
}

// twiceNode sends two payloads on.
type twiceNode struct{}

func (*twiceNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.To("payload", in.With("nr", 1.0)).And("payload", in.With("nr", 2.0)), nil
}

// portNode tells where its payload arrived.
type portNode struct{}

func (*portNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.To("payload", in.With("port", in.Port)), nil
}

// changeNode writes values to places.
type changeNode struct {
	Set node.Assignments `json:"set"`
}

func (n *changeNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for i := range n.Set {
		value, err := n.Set[i].Value.Resolve(in)
		if err == nil {
			err = n.Set[i].To.Set(in, value)
		}
		if err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}

// answerNode answers the page, and uses all else that a run offers.
type answerNode struct {
	Key    string     `json:"key"`
	Value  node.Value `json:"value"`
	Entity string     `json:"entity"`
	Gone   string     `json:"gone"`
	Merge  string     `json:"merge"`
	Unkept string     `json:"unkept"`
	Log    string     `json:"log"`
}

func (n *answerNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if n.Key != "" {
		in.Respond(n.Key, value)
		in.Show(map[string]any{"tag": "div", "content": n.Key})
	}
	if n.Entity != "" {
		in.Store(node.Entity{ID: n.Entity, Type: "product", Properties: map[string]any{"value": value}, Profile: in.Profile().ID})
	}
	if n.Gone != "" {
		in.Discard(n.Gone)
	}
	if n.Merge != "" {
		in.Merge(n.Merge)
	}
	if n.Log != "" {
		in.Warn("%s", n.Log)
	}
	switch n.Unkept {
	case "profile":
		in.KeepProfile(false)
	case "event":
		in.KeepEvent(false)
	}
	return node.To("payload", in.Payload), nil
}

// raiseNode sends an event.
type raiseNode struct {
	Type string `json:"type"`
}

func (n *raiseNode) Run(_ context.Context, in *node.Input) (node.Output, error) {
	in.Raise(tracardi.NewEvent{Type: n.Type, Properties: tracardi.NewObject(in.With("raised", true))})
	return node.To("payload", in.Payload), nil
}
