// Package control holds the nodes that decide where a flow goes on.
package control

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("control", "Flow control", sources)
