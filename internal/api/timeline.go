package api

import (
	"context"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

var (
	profileID    = expr.MustPath("id")
	profileIDs   = expr.MustPath("ids")
	eventProfile = expr.MustPath("profile.id")
)

// timeline lists the events of a person over all ids that the person has had.
func (s *server) timeline(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"512" doc:"The profile's id, or any other that it is known by."`
	Filter
	Paging
},
) (*documentsOutput, error) {
	q, err := in.query(ctx, storage.Events, time.Now())
	if err != nil {
		return nil, err
	}
	if err := mayName(ctx, in.ID); err != nil {
		return nil, err
	}
	doc, err := documents{s, storage.Profiles, "profile", "profiles"}.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	q.Where = expr.All(expr.OneOf(eventProfile, idsOf(doc.Body)...), q.Where)
	return s.page(ctx, storage.Events, q, in.Paging, false)
}

// idsOf lists the ids of a profile, its own first.
func idsOf(profile []byte) []string {
	var ids []string
	add := func(value any) {
		if id, ok := value.(string); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	own, _ := profileID.Find(profile)
	add(own)
	others, _ := profileIDs.Find(profile)
	list, _ := others.([]any)
	for _, id := range list {
		add(id)
	}
	return ids
}
