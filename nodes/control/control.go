// Package control holds the nodes that decide where and when a flow goes on.
package control

import (
	"bytes"
	"context"
	"embed"
	"net/url"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("control", "Flow control", sources)

// keyOf is the name of a shared value; different parts never make the same name.
func keyOf(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// remember keeps a value and tells whether it is another one than the last that was kept.
func remember(ctx context.Context, in *node.Input, name string, value []byte, ttl node.Duration) (changed bool, err error) {
	last, known, err := in.Values().Get(ctx, name)
	if err != nil || known && bytes.Equal(last, value) {
		return false, err
	}
	return true, in.Values().Set(ctx, name, value, ttl.At(in.Now()))
}

var idPath = expr.MustPath("id")

func flowID(in *node.Input) string {
	id, _ := in.Look("flow", idPath)
	text, _ := id.(string)
	return text
}

// resumed is the port at which a run arrives again at the node that made it wait.
const resumed = "resumed"

// comeBack waits and then lets the payload arrive at the node again.
func comeBack(until time.Time, payload map[string]any) node.Output {
	return node.Output{Wait: &node.Wait{Until: until, Again: true, Result: node.Result{Port: resumed, Payload: payload}}}
}
