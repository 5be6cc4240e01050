// Package analytics holds the nodes that tell analytics services of events.
package analytics

import (
	"embed"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("analytics", "Analytics", sources)

// person is the id under which a service knows whom an event is of: that of the profile, else of the session, else of the event.
func person(in *node.Input) string {
	if profile := in.Profile(); profile != nil {
		return profile.ID
	}
	if session := in.Session(); session != nil {
		return session.ID
	}
	return in.Event().ID
}

// plain is a value as a text.
func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return string(tracardi.AppendValue(nil, value))
}

// known makes a value; what is not in the data is null.
func known(in *node.Input, value node.Value) (any, error) {
	return value.Shape(in, expr.ReshapeOptions{UseDefault: true})
}
