// Package mail holds the nodes that send mail through a mail server.
package mail

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("mail", "Mail", sources)
