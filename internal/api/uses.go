package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
)

// resourceUnused is a Conflict when flows or sources name the resource.
func (s *server) resourceUnused(ctx context.Context, id string) error {
	users, err := s.flowsWith(ctx, "resource", id)
	if err != nil {
		return err
	}
	sources, err := s.sources.List(ctx, of(ctx).tenant)
	if err != nil {
		return err
	}
	for _, entry := range sources {
		if kind := bridge.Of(entry.Value.Types); kind != nil && slices.Contains(kind.Form().References(encoded(entry.Value.Bridge), "resource"), id) {
			users = append(users, fmt.Sprintf("the source %q", entry.Name))
		}
	}
	return unused("resource", users)
}

// unused is a Conflict when something has users, which are named.
func unused(what string, users []string) error {
	if len(users) == 0 {
		return nil
	}
	return tracardi.Errorf(tracardi.Conflict, "%s this %s: change or delete that first", listed(users), what)
}

// listed names users as the beginning of a sentence.
func listed(users []string) string {
	const most = 5
	verb := "use"
	if len(users) == 1 {
		verb = "uses"
	}
	if more := len(users) - most; more > 0 {
		users = append(slices.Clone(users[:most]), fmt.Sprintf("%d more", more))
	}
	if last := len(users) - 1; last > 0 {
		return strings.Join(users[:last], ", ") + " and " + users[last] + " " + verb
	}
	return users[0] + " " + verb
}

// flowsWith lists the flows whose draft or running version has a node with a setting that names something of a kind.
func (s *server) flowsWith(ctx context.Context, kind, id string) ([]string, error) {
	entries, err := s.flows.List(ctx, of(ctx).tenant)
	if err != nil {
		return nil, err
	}
	var users []string
	for _, entry := range entries {
		if kind == "flow" && entry.ID == id {
			continue // its own business
		}
		uses := names(&entry.Value.Draft, kind, id)
		if !uses {
			live, err := s.graph(ctx, entry.ID, "live", "live")
			if err != nil {
				return nil, err
			}
			uses = names(live, kind, id)
		}
		if uses {
			users = append(users, fmt.Sprintf("the flow %q", entry.Name))
		}
	}
	return users, nil
}

// triggersWith lists the triggers that name something.
func (s *server) triggersWith(ctx context.Context, names func(*workspace.Trigger) bool) ([]string, error) {
	entries, err := s.triggers.List(ctx, of(ctx).tenant)
	var users []string
	for _, entry := range entries {
		if names(&entry.Value) {
			users = append(users, fmt.Sprintf("the trigger %q", entry.Name))
		}
	}
	return users, err
}

// names tells whether a node of a drawing has a setting that names something of a kind.
func names(graph *flow.Graph, kind, id string) bool {
	return slices.ContainsFunc(graph.Nodes, func(n flow.Node) bool {
		t := node.Lookup(n.Type)
		return t != nil && slices.Contains(t.References(n.Config, kind), id)
	})
}
