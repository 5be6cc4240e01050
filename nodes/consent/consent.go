// Package consent holds the nodes that grant and check the consents of people.
package consent

import (
	"embed"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("consent", "Consents", sources)

var consentsPath = expr.MustPath("consents")

var errNoProfile = tracardi.InvalidField("profile", "the event has no profile")
