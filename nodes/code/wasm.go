package code

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "wasm", Name: "WebAssembly", Icon: "binary", Out: ports,
		New: func() node.Node { return &WASM{Milliseconds: 1000, Megabytes: 32} },
		Examples: []node.Example{
			{Name: "a program that says true", Config: `{"module": "` + saysTrue + `"}`, Payload: `{"a": 1}`, Port: "true"},
			{Name: "a program that says false", Config: `{"module": "` + saysFalse + `"}`, Payload: `{"a": 1}`, Port: "false"},
			{Name: "a program that gives a payload", Config: `{"module": "` + givesPayload + `"}`, Port: "payload", Result: `{"made": "elsewhere"}`},
		},
	})
}

// WASM runs a program that was compiled to WebAssembly, from any language that can do so (Go, Rust, C, Zig, TinyGo, …).
//
// The program is a WASI command (wasip1). It reads one JSON object from its standard input, with the members payload, event,
// profile, session, flow, memory and now, and writes one to its standard output: port (payload, true, false, error, or left out
// when nothing goes on), payload (left out: the one that arrived), changes (a list of [place, value] to write and [place] to
// remove, such as ["profile@traits.color", "red"]) and logs (lines to note beside the run). What it writes to standard error,
// together with an exit code other than 0, is the message at the port error.
//
// The program runs alone: no network, no files, no environment, and as much memory and time as is set here. Nothing stays from
// one run to the next.
type WASM struct {
	Module       string `json:"module" title:"Module" help:"The .wasm file, in base64; at most 4 MB." widget:"file" required:"true"`
	Milliseconds int    `json:"milliseconds" title:"Longest run" help:"Milliseconds after which the program is stopped." min:"1" max:"10000"`
	Megabytes    int    `json:"megabytes" title:"Memory" help:"Megabytes that the program may use." min:"1" max:"256"`

	machine wazero.Runtime
	module  wazero.CompiledModule
}

const (
	maxModule    = 4 << 20
	pagesInMB    = 16
	maxComplaint = 2000
)

// Check implements node.Checker.
func (n *WASM) Check() error {
	if base64.StdEncoding.DecodedLen(len(n.Module)) > maxModule {
		return tracardi.InvalidField("module", "is larger than %d MB", maxModule>>20)
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(n.Module))
	if err != nil {
		return tracardi.InvalidField("module", "is no base64: %v", err)
	}
	ctx := context.Background()
	n.machine = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithMemoryLimitPages(uint32(n.Megabytes*pagesInMB)).WithCloseOnContextDone(true))
	runtime.AddCleanup(n, func(machine wazero.Runtime) { _ = machine.Close(ctx) }, n.machine) // memory alone is given back
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, n.machine); err != nil {
		return fmt.Errorf("start a WebAssembly machine: %w", err)
	}
	if n.module, err = n.machine.CompileModule(ctx, text); err != nil {
		return tracardi.InvalidField("module", "is no WebAssembly that runs here: %s", firstLine(err.Error()))
	}
	if n.module.ExportedFunctions()["_start"] == nil {
		return tracardi.InvalidField("module", "is no WASI command: it exports no _start. Compile it for wasip1")
	}
	return nil
}

// Run implements node.Node.
func (n *WASM) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	asked, err := ask(in)
	if err != nil {
		return node.Output{}, err
	}
	limit, cancel := context.WithTimeout(ctx, time.Duration(n.Milliseconds)*time.Millisecond)
	defer cancel()
	answered, complaint := &capped{most: maxAnswer}, &capped{most: maxComplaint}
	instance, err := n.machine.InstantiateModule(limit, n.module, wazero.NewModuleConfig().WithName("").
		WithArgs("node").WithStdin(bytes.NewReader(asked)).WithStdout(answered).WithStderr(complaint).WithSysNanotime().WithSysWalltime())
	if instance != nil {
		defer instance.Close(ctx) //nolint:errcheck // it has ended
	}
	switch {
	case ctx.Err() != nil:
		return node.Output{}, fmt.Errorf("the program was stopped: %w", ctx.Err())
	case limit.Err() != nil:
		return node.Output{}, fmt.Errorf("the program was stopped: it ran longer than %d ms", n.Milliseconds)
	case err != nil && complaint.Len() > 0:
		return node.Output{}, errors.New(strings.TrimSpace(complaint.String()))
	case err != nil:
		return node.Output{}, fmt.Errorf("the program broke: %s", firstLine(err.Error()))
	case answered.over:
		return node.Output{}, fmt.Errorf("the program's answer has more than %d bytes", maxAnswer)
	}
	a, err := parse(answered.Bytes())
	if err != nil {
		return node.Output{}, err
	}
	return a.apply(in)
}

// capped keeps the beginning of what is written.
type capped struct {
	bytes.Buffer
	most int
	over bool
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if room := c.most - c.Len(); len(p) > room {
		c.over = true
		c.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return c.Buffer.Write(p)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
