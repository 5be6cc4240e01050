// Package entity holds the nodes for things that are no people: products, companies, bookings.
package entity

import (
	"context"
	"embed"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("entity", "Entities", sources)

var errNoProfile = tracardi.InvalidField("profile", "the event has no profile")

// find reads an entity; nil when there is none. With own, one that does not belong to the person counts as none.
func find(ctx context.Context, in *node.Input, id string, own bool) (map[string]any, error) {
	profile := in.Profile()
	if own && profile == nil {
		return nil, errNoProfile
	}
	entity, err := in.Records().Get(ctx, "entity", id)
	if err != nil || entity == nil || !own {
		return entity, err
	}
	owner, _ := tracardi.Dig(entity, "profile", "id")
	if text, _ := owner.(string); text != profile.ID && !slices.Contains(profile.IDs, text) {
		return nil, nil
	}
	return entity, nil
}

// idOf makes the id under which an entity is stored.
func idOf(in *node.Input, kind string, id node.Value) (string, error) {
	name, err := id.Text(in)
	if err == nil && name == "" {
		err = tracardi.InvalidField("id", "is empty")
	}
	return tracardi.EntityID(kind, name), err
}
