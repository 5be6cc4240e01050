package api

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Trigger is a trigger as the API shows it.
type Trigger struct {
	workspace.Trigger
	Enabled *bool `json:"enabled,omitempty" doc:"Whether it starts its flow; true when left out."`
	Stamp
}

func (s *server) triggerResource() *resource[workspace.Trigger, Trigger] {
	return &resource[workspace.Trigger, Trigger]{
		s: s, kind: s.triggers, accept: s.acceptTrigger,
		view: func(e workspace.Entry[workspace.Trigger]) Trigger {
			return Trigger{Trigger: e.Value, Enabled: &e.Value.Enabled, Stamp: stampOf(e)}
		},
	}
}

func (s *server) acceptTrigger(ctx context.Context, id string, in *Trigger, _ *workspace.Trigger) (workspace.Entry[workspace.Trigger], error) {
	t := in.Trigger
	t.Enabled = in.Enabled == nil || *in.Enabled
	t.EventType, t.Source = tracardi.EventTypeOf(orAll(t.EventType)), orAll(t.Source)
	var err error
	if t.ID, err = idFor(id, t.ID); err == nil {
		err = t.Check()
	}
	if err == nil {
		t.Source, err = s.sourceNamed(ctx, t.Source)
	}
	if err == nil {
		err = s.flowExists(ctx, "flow", t.Flow)
	}
	if err == nil && t.After != nil {
		err = s.flowExists(ctx, "after.flow", t.After.Flow)
	}
	return workspace.Entry[workspace.Trigger]{ID: t.ID, Name: t.Name, Value: t}, err
}

func (s *server) flowExists(ctx context.Context, field, id string) error {
	_, err := s.flows.Get(ctx, of(ctx).tenant, id)
	if err != nil && tracardi.KindOf(err) == tracardi.NotFound {
		return tracardi.InvalidField(field, "there is no flow %q", id)
	}
	return err
}

// orAll is what a trigger asks for; empty for all, which may also be written as a star.
func orAll(named string) string {
	if named = strings.TrimSpace(named); named == "*" {
		return ""
	}
	return named
}

// sourceNamed is the id of the source that a trigger names by its id or its name; empty for all.
func (s *server) sourceNamed(ctx context.Context, named string) (string, error) {
	if named == "" || named == pipeline.InternalSource {
		return named, nil
	}
	entries, err := s.sources.List(ctx, of(ctx).tenant)
	if err != nil {
		return "", err
	}
	var found []string
	for _, e := range entries {
		if e.ID == named {
			return named, nil
		}
		if e.Name == named {
			found = append(found, e.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", tracardi.InvalidField("source", "there is no source %q", named)
	case 1:
		return found[0], nil
	}
	return "", tracardi.InvalidField("source", "%d sources have the name %q: write the id of one", len(found), named)
}
