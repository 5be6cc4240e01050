package api

import (
	"context"

	"github.com/tracardi/tracardi-go"
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
	var err error
	if t.ID, err = idFor(id, t.ID); err == nil {
		err = t.Check()
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
