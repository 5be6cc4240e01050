package api

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/pipeline"
)

// Erasure is the erasure of a person. When it is done it is the receipt, and says nothing about the person.
type Erasure struct {
	ID       string           `json:"id"`
	Status   string           `json:"status" enum:"running,done"`
	By       string           `json:"by" doc:"Id of the user or the token that asked for it."`
	Asked    time.Time        `json:"asked" doc:"When it was asked for. Nothing from before comes back."`
	Finished *time.Time       `json:"finished,omitempty"`
	Removed  map[string]int64 `json:"removed" nullable:"false" doc:"How many documents are gone, by collection; and messages that were put aside, as dead_letter."`
}

func erasureView(e *pipeline.Erasure) Erasure {
	view := Erasure{e.ID, e.Status, e.By, e.Metadata.Time.Insert, timeOrNil(e.Finished), e.Removed}
	if view.Removed == nil {
		view.Removed = map[string]int64{}
	}
	return view
}

func (s *server) erasureRoutes() []route {
	return []route{
		{"DELETE", "/profiles/{id}", "erase-profile", admins("erasures:write"), "Erase a person, with everything that is stored of them", 202, on(s, s.eraseProfile)},
		{"GET", "/erasures/{id}", "get-erasure", admins("erasures:read"), "Tell how far an erasure is, and what it removed", 0, on(s, s.getErasure)},
	}
}

type erasureOutput struct {
	Location string `header:"Location"`
	Body     Erasure
}

// eraseProfile accepts the erasure of a person. Asking again has the same answer.
func (s *server) eraseProfile(ctx context.Context, in *byID) (*erasureOutput, error) {
	about := of(ctx)
	e, err := s.erasures.EraseProfile(ctx, about.tenant, in.ID, about.actor.ID)
	if err != nil {
		return nil, err
	}
	s.log.Info("erasure asked for", "tenant", about.tenant, "erasure", e.ID, "by", about.actor.ID, "request", about.id)
	return &erasureOutput{Prefix + "/erasures/" + e.ID, erasureView(e)}, nil
}

func (s *server) getErasure(ctx context.Context, in *byID) (*struct{ Body Erasure }, error) {
	e, err := s.erasures.Erasure(ctx, of(ctx).tenant, in.ID)
	if err == nil && e == nil {
		err = tracardi.Errorf(tracardi.NotFound, "there is no erasure %q", in.ID)
	}
	if err != nil {
		return nil, err
	}
	return &struct{ Body Erasure }{erasureView(e)}, nil
}
