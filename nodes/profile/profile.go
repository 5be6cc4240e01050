// Package profile holds the nodes that keep, merge and connect people.
package profile

import (
	"embed"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("profile", "Profiles", sources)

var errNoProfile = tracardi.InvalidField("profile", "the event has no profile")

// integrationPath is where a profile keeps its id in another system.
func integrationPath(system string) expr.Path {
	name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(system)), " ", "-")
	return expr.MustPath("metadata.system.integrations").Join(name)
}
