package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/pipeline"
)

// Trial tells what would become of a payload.
type Trial struct {
	Accepted  bool              `json:"accepted" doc:"It would be processed and stored."`
	Refused   *Refusal          `json:"refused,omitempty" doc:"Why it would not."`
	Source    SourceOfEvent     `json:"source"`
	Stages    []Stage           `json:"stages" nullable:"false" doc:"What happens, step by step; up to the one that refuses it."`
	Identity  string            `json:"identity,omitempty" enum:"session,new,claim,referral,ids,merge,flow,nobody" doc:"How the profile is found; see the story of an event."`
	Repeated  int               `json:"repeated" doc:"Events that are left out because they are stored already, or are there twice."`
	Events    []json.RawMessage `json:"events" nullable:"false" doc:"The events as they would be stored, those of the system included."`
	Session   *TrialDocument    `json:"session,omitempty"`
	Profile   *TrialDocument    `json:"profile,omitempty" doc:"Left out for a payload without profile."`
	Others    []*TrialDocument  `json:"others,omitempty" doc:"Profiles of people that flows make events over to."`
	Answer    json.RawMessage   `json:"answer,omitempty" doc:"What the sender would get."`
	KeepsThem bool              `json:"stores_events" doc:"The events would be kept, not only what they change."`
}

// Refusal tells why a payload would not be processed.
type Refusal struct {
	Stage   string `json:"stage" doc:"The stage that refuses it; source when it does not come so far."`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// Stage is one step of the processing.
type Stage struct {
	Name         string   `json:"name"`
	Milliseconds float64  `json:"milliseconds"`
	Changes      []Change `json:"changes" nullable:"false"`
}

// Change is a field that got another value.
type Change struct {
	Document string `json:"document" doc:"session, profile, events[n], or others[n] for somebody that a flow makes an event over to."`
	Path     string `json:"path"`
	Before   any    `json:"before,omitempty"`
	After    any    `json:"after,omitempty" doc:"Left out when the field was removed."`
}

// TrialDocument is a document before and after.
type TrialDocument struct {
	Before json.RawMessage `json:"before,omitempty" doc:"Left out when it is new."`
	After  json.RawMessage `json:"after"`
	Stored bool            `json:"stored" doc:"It would be stored."`
}

// try takes a payload as /track does, and tells what would become of it. Nothing is stored.
func (s *server) try(ctx context.Context, in *struct {
	Body json.RawMessage `doc:"A payload, as /track takes it."`
},
) (*struct{ Body Trial }, error) {
	payload, source, refused, err := s.rehearse(of(ctx).http, in.Body)
	if known := asError(err); known != nil && known.Field == "" {
		return nil, &tracardi.Error{Kind: known.Kind, Field: "body", Message: known.Message, Err: err}
	}
	if err != nil {
		return nil, err
	}
	if len(payload.Events) == 0 {
		return nil, tracardi.InvalidField("events", "is empty: name at least one event")
	}
	out := Trial{Source: s.sourceOf(ctx, payload.Source.ID), Stages: []Stage{}, Events: []json.RawMessage{}}
	if refused != nil {
		out.Refused = refusal("source", refused)
		return &struct{ Body Trial }{out}, nil
	}
	trial, err := s.tryPayload(ctx, payload, source)
	if err != nil {
		return nil, err
	}
	out.tell(trial)
	if of(ctx).masked {
		out.mask()
	}
	return &struct{ Body Trial }{out}, nil
}

func refusal(stage string, err error) *Refusal {
	r := &Refusal{Stage: stage, Message: err.Error()}
	if known := asError(err); known != nil {
		r.Field, r.Message = known.Field, known.Message
	}
	return r
}

// tell fills in what the pipeline found out.
func (t *Trial) tell(trial *pipeline.Trial) {
	for _, stage := range trial.Stages {
		step := Stage{Name: stage.Name, Milliseconds: float64(stage.Took) / float64(time.Millisecond), Changes: []Change{}}
		for _, c := range stage.Changes {
			step.Changes = append(step.Changes, Change(c))
		}
		t.Stages = append(t.Stages, step)
	}
	t.Repeated = trial.Repeated
	if t.Identity = trial.Identified; t.Identity == pipeline.IdentifiedBySession {
		t.Identity = "session"
	}
	if trial.Failure != nil {
		t.Refused = refusal(trial.Stages[len(trial.Stages)-1].Name, trial.Failure)
		return
	}
	t.Accepted = true
	for _, e := range trial.Events {
		t.Events = append(t.Events, e.After)
		t.KeepsThem = t.KeepsThem || e.Saved
	}
	t.Session = documentOf(trial.Session)
	t.Profile = documentOf(trial.Profile)
	for _, other := range trial.Others {
		t.Others = append(t.Others, documentOf(other))
	}
	t.Answer = trial.Answer.AppendJSON(nil)
}

func documentOf(d pipeline.TrialDocument) *TrialDocument {
	if d.After == nil {
		return nil
	}
	return &TrialDocument{Before: d.Before, After: d.After, Stored: d.Saved}
}
