// Package database holds the nodes that read and write databases.
package database

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("database", "Databases", sources)

// maxRows is how many rows a node reads: a flow is no place for more.
const maxRows = 1000
