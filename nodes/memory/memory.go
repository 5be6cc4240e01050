// Package memory holds the nodes that share small values between flows.
package memory

import (
	"embed"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("memory", "Shared memory", sources)

// nameOf is the name of a shared value; the nodes of other groups never use it.
func nameOf(in *node.Input, prefix string, key node.Value) (string, error) {
	text, err := key.Text(in)
	return "memory/" + url.PathEscape(prefix) + "/" + url.PathEscape(text), err
}
