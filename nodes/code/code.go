// Package code holds the nodes that run programs of their users: JavaScript in the flow, WebAssembly, and programs elsewhere.
package code

import (
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("code", "Code", sources)

// maxAnswer bounds what a program may give back, in bytes of JSON.
const maxAnswer = 1 << 20

// question is what a program gets: the documents of the run as JSON.
type question struct {
	Payload map[string]any `json:"payload"`
	Event   any            `json:"event"`
	Profile any            `json:"profile"`
	Session any            `json:"session"`
	Flow    any            `json:"flow"`
	Memory  any            `json:"memory"`
	Now     string         `json:"now"`
}

// ask writes the question of a payload.
func ask(in *node.Input) ([]byte, error) {
	document := func(source string) any {
		value, _ := in.Look(source, expr.Path{})
		return value
	}
	payload := in.Payload
	if payload == nil {
		payload = map[string]any{}
	}
	return json.Marshal(question{
		Payload: payload, Event: document("event"), Profile: document("profile"), Session: document("session"),
		Flow: document("flow"), Memory: document("memory"), Now: in.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	})
}

// answer is what a program gives back.
type answer struct {
	Port    string            `json:"port"`
	Payload map[string]any    `json:"payload"`
	Changes []json.RawMessage `json:"changes"` // [path, value] to set, [path] to remove
	Logs    []string          `json:"logs"`
}

// apply does what the program asked for and goes on where it said.
func (a *answer) apply(in *node.Input) (node.Output, error) {
	for i, raw := range a.Changes {
		if err := change(in, raw); err != nil {
			return node.Output{}, fmt.Errorf("change %d of the program: %w", i+1, err)
		}
	}
	for _, line := range a.Logs {
		in.Log(slog.LevelInfo, line)
	}
	if a.Port == "" {
		return node.Output{}, nil
	}
	payload := a.Payload
	if payload == nil {
		payload = in.Payload
	}
	return node.To(a.Port, payload), nil
}

func change(in *node.Input, raw json.RawMessage) error {
	var parts []any
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	name := ""
	if len(parts) > 0 {
		name, _ = parts[0].(string)
	}
	source, path, found := strings.Cut(name, "@")
	if !found {
		return tracardi.InvalidField("changes", "%q names no place: write it like profile@traits.color", name)
	}
	at, err := expr.ParsePath(path)
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		return in.Delete(source, at)
	}
	return in.Set(source, at, parts[1])
}

// ports are those of the nodes that run a program.
var ports = []node.Port{
	{Name: "payload", Doc: "The program gave a payload."},
	{Name: "true", Doc: "The program said true."},
	{Name: "false", Doc: "The program said false."},
}

// parse reads an answer and refuses one that is too large or leads nowhere.
func parse(text []byte) (*answer, error) {
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("the program's answer has %d bytes, more than %d", len(text), maxAnswer)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("the program's answer cannot be read: %w", err)
	}
	switch a.Port {
	case "", "payload", "true", "false", node.ErrorPort:
		return &a, nil
	}
	return nil, fmt.Errorf("the program's answer leads to the port %q; there are payload, true, false and error", a.Port)
}
