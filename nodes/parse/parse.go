// Package parse holds the nodes that read what others wrote: URLs, pages, user agents.
package parse

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("parse", "Parsers", sources)
