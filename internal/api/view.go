package api

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// maxViews is how many views one person may save.
const maxViews = 200

// SavedView is what a list shows and how.
type SavedView struct {
	Name    string   `json:"name" minLength:"1" maxLength:"100"`
	Page    string   `json:"page" enum:"events,live,sessions,profiles" doc:"The list that it is for."`
	Q       string   `json:"q,omitempty" maxLength:"16384" doc:"The condition; see the query parameter of the list."`
	From    string   `json:"from,omitempty" maxLength:"60"`
	To      string   `json:"to,omitempty" maxLength:"60"`
	Sort    string   `json:"sort,omitempty" maxLength:"512"`
	Columns []string `json:"columns,omitempty" nullable:"false" maxItems:"50"`
	Shared  bool     `json:"shared,omitempty" doc:"Everybody sees it. Viewers save views for themselves only."`
}

// view is the stored form.
type view struct {
	SavedView
	Owner string `json:"owner"`
}

// View is a saved view as the API shows it.
type View struct {
	ID string `json:"id,omitempty" readOnly:"true"`
	SavedView
	Owner string `json:"owner,omitempty" readOnly:"true" doc:"The id of the user who saved it."`
	Stamp
}

func (s *server) viewRoutes() *resource[view, View] {
	return &resource[view, View]{
		s: s, kind: s.views, accept: s.acceptView, removable: s.viewRemovable,
		view: func(e workspace.Entry[view]) View { return View{e.ID, e.Value.SavedView, e.Value.Owner, stampOf(e)} },
	}
}

func (s *server) listViews(ctx context.Context, in *struct {
	Page string `query:"page" enum:"events,live,sessions,profiles" doc:"Only those for this list."`
},
) (*listOutput[View], error) {
	entries, err := s.views.List(ctx, of(ctx).tenant)
	if err != nil {
		return nil, err
	}
	var seen []workspace.Entry[view]
	for _, e := range entries {
		mine := e.Value.Shared || e.Value.Owner == of(ctx).actor.ID
		refused := of(ctx).masked && checkView(ctx, &e.Value.SavedView) != nil // it may name somebody, and is of no use
		if mine && (in.Page == "" || e.Value.Page == in.Page) && !refused {
			seen = append(seen, e)
		}
	}
	return listOf(seen, s.viewRoutes().view), nil
}

func (s *server) acceptView(ctx context.Context, id string, in *View, old *view) (workspace.Entry[view], error) {
	actor := of(ctx).actor
	entry := workspace.Entry[view]{ID: id, Name: in.Name, Value: view{in.SavedView, actor.ID}}
	if old != nil {
		if err := mayChange(actor, id, old); err != nil {
			return entry, err
		}
		entry.Value.Owner = old.Owner
	}
	if in.Shared && actor.Role == auth.Viewer {
		return entry, tracardi.Errorf(tracardi.Forbidden, "your role viewer may not share views: save it for yourself")
	}
	if err := checkView(ctx, &in.SavedView); err != nil {
		return entry, err
	}
	if old == nil {
		var err error
		if entry.ID, err = idFor("", ""); err != nil {
			return entry, err
		}
		return entry, s.roomForView(ctx, actor)
	}
	return entry, nil
}

// checkView refuses what the list would refuse.
func checkView(ctx context.Context, in *SavedView) error {
	record := map[string]storage.Collection{
		"events": storage.Events, "live": storage.Events, "sessions": storage.Sessions, "profiles": storage.Profiles,
	}[in.Page]
	if _, err := condition(ctx, "q", record, in.Q); err != nil {
		return err
	}
	for field, text := range map[string]string{"from": in.From, "to": in.To} {
		if _, err := moment(field, text, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// roomForView is TooLarge when somebody has saved enough.
func (s *server) roomForView(ctx context.Context, actor *auth.Actor) error {
	entries, err := s.views.List(ctx, actor.Tenant)
	count := 0
	for _, e := range entries {
		if e.Value.Owner == actor.ID {
			count++
		}
	}
	if err == nil && count >= maxViews {
		return tracardi.Errorf(tracardi.TooLarge, "you have saved %d views: delete some first", count)
	}
	return err
}

// mayChange lets the owner change a view, and administrators those that are shared. Others do not see it, or may not.
func mayChange(actor *auth.Actor, id string, old *view) error {
	switch {
	case old.Owner == actor.ID, old.Shared && actor.Role == auth.Admin:
		return nil
	case old.Shared:
		return tracardi.Errorf(tracardi.Forbidden, "this view belongs to somebody else: save a copy of your own")
	}
	return tracardi.Errorf(tracardi.NotFound, "there is no view %q", id)
}

func (s *server) viewRemovable(ctx context.Context, id string) error {
	entry, err := s.views.Get(ctx, of(ctx).tenant, id)
	if err != nil {
		return err
	}
	return mayChange(of(ctx).actor, id, &entry.Value)
}

// removeViews removes what a user who is gone had saved without sharing it.
func (s *server) removeViews(ctx context.Context, owner string) error {
	entries, err := s.views.List(ctx, of(ctx).tenant)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Value.Owner == owner && !e.Value.Shared {
			if err := s.views.Delete(ctx, of(ctx).tenant, e.ID); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
				return err
			}
		}
	}
	return nil
}
