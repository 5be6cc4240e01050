package code

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"modernc.org/quickjs"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "javascript", Name: "JavaScript", Icon: "brand-javascript", Out: ports,
		New: func() node.Node { return &JavaScript{Milliseconds: 200} },
		Examples: []node.Example{
			{
				Name: "a new payload", Config: `{"code": "function run({payload}) { return {sum: payload.prices.reduce((a, b) => a + b, 0)} }"}`,
				Payload: `{"prices": [1, 2.5]}`, Port: "payload", Result: `{"sum": 3.5}`,
			},
			{
				Name: "a decision", Config: `{"code": "function run({profile}) { return profile.stats.visits > 1 }"}`,
				Payload: `{"a": 1}`, Port: "true",
			},
			{
				Name: "the other decision", Config: `{"code": "function run({event}) { return event.type === 'purchase' }"}`,
				Payload: `{"a": 1}`, Port: "false",
			},
			{
				Name: "changes of the profile", Config: `{"code": "function run({profile}) { set('profile@traits.color', 'red'); remove('profile@traits.size'); return {} }"}`,
				Profile: `{"traits": {"size": 5}}`, Port: "payload", Result: `{}`,
				After: map[string]string{"profile@traits.color": `"red"`, "profile@traits.size": `null`},
			},
			{Name: "nothing", Config: `{"code": "function run() {}"}`},
			{Name: "an error", Config: `{"code": "function run() { throw new Error('no luck') }"}`, Error: "no luck"},
		},
	})
}

// JavaScript runs a function that is written in the flow.
//
// The code defines a function run. It gets one object with the members payload, event, profile, session, flow, memory and now.
// An object that it returns is the new payload; true and false go on with the old one at these ports; without a value nothing
// goes on. set(place, value) and remove(place) change the profile, session, event or memory, such as
// set("profile@traits.color", "red"); log(text) notes a line beside the run. An error that is thrown goes to the port error.
//
// The language is ES2023. The function runs alone: no network, no files, no timers, no modules, at most 32 MB of memory, calls
// and lists within each other up to a depth of about 1000, and the time that is set here. Nothing stays from one run to the next; use memory, or the nodes that read and write shared values.
type JavaScript struct {
	Code         string `json:"code" title:"Code" help:"Defines a function run, such as function run({payload}) { return {sum: payload.a + payload.b} }." widget:"code" required:"true"`
	Milliseconds int    `json:"milliseconds" title:"Longest run" help:"Milliseconds after which the code is stopped." min:"1" max:"5000"`

	bytecode []byte
}

//go:embed prelude.js
var prelude string

const (
	maxCode    = 256 << 10
	maxMemory  = 32 << 20
	maxStack   = 1000 // calls within each other, or as deep a nesting of what is read and written: the machine counts frames, not bytes
	compileFor = 2 * time.Second
)

// Check implements node.Checker.
func (n *JavaScript) Check() error {
	if len(n.Code) > maxCode {
		return tracardi.InvalidField("code", "has %d bytes, more than %d", len(n.Code), maxCode)
	}
	vm, err := newVM(compileFor)
	if err != nil {
		return err
	}
	defer vm.Close() //nolint:errcheck // nothing is left to be done
	if n.bytecode, err = vm.Compile(prelude+n.Code, quickjs.EvalGlobal); err != nil {
		return tracardi.InvalidField("code", "%s", reason(err))
	}
	if _, err := vm.EvalBytecode(n.bytecode); err != nil {
		return tracardi.InvalidField("code", "%s", reason(err))
	}
	if kind, err := vm.Eval("typeof run", quickjs.EvalGlobal); err != nil || kind != "function" {
		return tracardi.InvalidField("code", "defines no function run")
	}
	return nil
}

// Run implements node.Node.
func (n *JavaScript) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	asked, err := ask(in)
	if err != nil {
		return node.Output{}, err
	}
	text, err := n.call(ctx, string(asked))
	if err != nil {
		return node.Output{}, err
	}
	a, err := parse([]byte(text))
	if err != nil {
		return node.Output{}, err
	}
	return a.apply(in)
}

// call runs the code in a machine of its own, so that nothing leaks from one run into another.
func (n *JavaScript) call(ctx context.Context, asked string) (string, error) {
	limit := time.Duration(n.Milliseconds) * time.Millisecond
	vm, err := newVM(limit)
	if err != nil {
		return "", err
	}
	defer vm.Close() //nolint:errcheck // nothing is left to be done
	began := time.Now()
	over := make(chan struct{})
	defer close(over)
	stop := context.AfterFunc(ctx, func() { interrupt(vm, over) })
	defer stop()
	if _, err = vm.EvalBytecode(n.bytecode); err != nil {
		return "", n.failure(ctx, err, began, limit)
	}
	result, err := vm.Call("__run", asked)
	if err != nil {
		return "", n.failure(ctx, err, began, limit)
	}
	text, ok := result.(string)
	if !ok {
		return "", errors.New("the code gave no answer that JSON can hold")
	}
	return text, nil
}

// interrupt stops what a machine does until over is closed. Once is not enough: a request between two calls is forgotten.
func interrupt(vm *quickjs.VM, over <-chan struct{}) {
	for {
		vm.Interrupt()
		select {
		case <-over:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (n *JavaScript) failure(ctx context.Context, err error, began time.Time, limit time.Duration) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the code was stopped: %w", ctx.Err())
	case time.Since(began) >= limit:
		return fmt.Errorf("the code was stopped: it ran longer than %d ms", n.Milliseconds)
	}
	return errors.New(reason(err))
}

func newVM(limit time.Duration) (*quickjs.VM, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("start a JavaScript machine: %w", err)
	}
	vm.SetMemoryLimit(maxMemory)
	vm.SetMaxStackSize(maxStack)
	if err := vm.SetEvalTimeout(limit); err != nil {
		return nil, errors.Join(err, vm.Close())
	}
	return vm, nil
}

// reason is an error of the code as its author understands it: without the lines of the machine.
func reason(err error) string { return strings.TrimSpace(firstLine(err.Error())) }
