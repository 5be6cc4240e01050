// Package crm holds the nodes that keep people in the systems of others, one node for each system.
package crm

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("crm", "Customer systems", sources)
