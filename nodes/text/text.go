// Package text holds the nodes that look into texts and change them.
package text

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("text", "Text", sources)

// sought is the text of a setting. When its place is not in the data, a warning is noted and ok is false.
func sought(in *node.Input, of node.Value) (text string, ok bool) {
	text, err := of.Text(in)
	if err != nil {
		in.Warn("%v", err)
	}
	return text, err == nil
}

// value is the payload of nodes that make a text.
func value(text string) map[string]any { return map[string]any{"value": text} }
