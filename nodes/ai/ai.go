// Package ai holds the nodes that ask language models.
package ai

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("ai", "Language models", sources)
