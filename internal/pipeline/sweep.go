package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// sweep is one look for everything of a person. What it finds goes, at most erasureBatchN documents at a time.
type sweep struct {
	p       *Pipeline
	tenant  string
	erasure *Erasure
	found   int // documents and letters that were seen, perhaps by a search that lags behind
	gone    int // those of them that were there
}

// run removes what is there. Sessions go before the profile: one that leads to nobody would get a new profile.
func (s *sweep) run(ctx context.Context) error {
	if err := s.remove(ctx); err != nil { // what an attempt before has counted
		return err
	}
	mine := expr.OneOf(profileField, s.erasure.IDs...)
	for _, step := range []struct {
		collection storage.Collection
		where      *expr.Condition
	}{
		{storage.Runs, mine},
		{storage.Sessions, mine},
		{storage.Events, mine},
		{storage.Logs, expr.OneOf(ofField, s.erasure.IDs...)},
		{storage.Entities, mine},
	} {
		if err := s.clear(ctx, step.collection, step.where); err != nil {
			return err
		}
	}
	if err := s.letters(ctx); err != nil {
		return err
	}
	docs, err := s.p.options.Records.Read(ctx, s.tenant, storage.Profiles, s.erasure.IDs)
	if err != nil {
		return err
	}
	docs = slices.DeleteFunc(docs, func(d storage.Doc) bool { return d.Body == nil })
	return s.drop(ctx, storage.Profiles, docs)
}

// clear removes the documents of a collection that match.
func (s *sweep) clear(ctx context.Context, c storage.Collection, where *expr.Condition) error {
	for {
		page, err := s.p.options.Records.Search(ctx, s.tenant, c, storage.Query{Where: where, Limit: erasureBatchN})
		if err != nil || len(page.Docs) == 0 {
			return err
		}
		before := s.gone
		if err := s.drop(ctx, c, page.Docs); err != nil || s.gone == before {
			return err // a search that lags behind shows what is gone: the next sweep sees more
		}
	}
}

// drop removes documents, and first what hangs on them: of a session the events and runs that are nobody's, of an event what was
// logged about it and sent because of it.
func (s *sweep) drop(ctx context.Context, c storage.Collection, docs []storage.Doc) error {
	if len(docs) == 0 {
		return nil
	}
	s.found += len(docs)
	ids, err := s.there(ctx, c, docs)
	if err != nil || len(ids) == 0 {
		return err
	}
	set := &storage.ChangeSet{Tenant: s.tenant}
	switch c {
	case storage.Sessions:
		if set.Writes, err = s.p.bury(ctx, s.tenant, s.erasure, sessionID, ids); err != nil {
			return err
		}
		err = s.clearVisits(ctx, ids)
	case storage.Events:
		if err = s.clear(ctx, storage.Logs, expr.OneOf(eventField, ids...)); err == nil {
			err = s.clear(ctx, storage.Deliveries, expr.OneOf(callField, ids...))
		}
	}
	if err != nil {
		return err
	}
	s.gone += len(ids)
	e := s.erasure
	if e.Removed == nil {
		e.Removed = map[string]int64{}
	}
	e.Removed[string(c)] += int64(len(ids))
	e.Batch = []erasureBatch{{c, ids}}
	if err := s.p.saveErasure(ctx, set, e); err != nil {
		return err
	}
	return s.remove(ctx)
}

// there lists the ids of the documents that are stored still: a search may show some for a moment that are gone.
func (s *sweep) there(ctx context.Context, c storage.Collection, docs []storage.Doc) (ids []string, err error) {
	for _, doc := range docs {
		ids = append(ids, doc.ID)
	}
	stored, err := s.p.options.Records.Read(ctx, s.tenant, c, ids)
	ids = ids[:0]
	for _, doc := range stored {
		if doc.Body != nil {
			ids = append(ids, doc.ID)
		}
	}
	return ids, err
}

// remove removes what is counted already.
func (s *sweep) remove(ctx context.Context) error {
	for _, batch := range s.erasure.Batch {
		if _, err := s.p.options.Records.Delete(ctx, s.tenant, batch.Collection, batch.IDs); err != nil {
			return err
		}
	}
	s.erasure.Batch = nil
	return nil
}

// clearVisits removes the events and runs of sessions that have no profile.
func (s *sweep) clearVisits(ctx context.Context, sessions []string) error {
	for _, c := range []storage.Collection{storage.Events, storage.Runs} {
		var nobodys []storage.Doc
		for doc, err := range s.p.options.Records.Scan(ctx, s.tenant, c, storage.Query{Where: expr.OneOf(sessionField, sessions...)}) {
			if err != nil {
				return err
			}
			var ref struct {
				Profile RunRef `json:"profile"`
			}
			if err := json.Unmarshal(doc.Body, &ref); err != nil {
				return fmt.Errorf("read %s %q: %w", c, doc.ID, err)
			}
			if ref.Profile.ID == "" {
				nobodys = append(nobodys, storage.Doc{ID: doc.ID})
			}
			if len(nobodys) == erasureBatchN {
				if err := s.drop(ctx, c, nobodys); err != nil {
					return err
				}
				nobodys = nil
			}
		}
		if err := s.drop(ctx, c, nobodys); err != nil {
			return err
		}
	}
	return nil
}

// letters removes the dead letters that name the person or one of the sessions. Removed counts them a moment later than they go.
func (s *sweep) letters(ctx context.Context) error {
	for _, topic := range s.p.options.Topics {
		var failed error
		n, err := s.p.options.Queue.Discard(ctx, s.tenant, topic, func(m *storage.Message) bool {
			if failed != nil {
				return false
			}
			var of bool
			of, failed = s.speaksOf(ctx, m)
			return of
		})
		if err == nil {
			err = failed
		}
		if err != nil {
			return err
		}
		if n > 0 {
			s.found += n
			if s.erasure.Removed == nil {
				s.erasure.Removed = map[string]int64{}
			}
			s.erasure.Removed[deadLetters] += int64(n)
			if err := s.p.saveErasure(ctx, &storage.ChangeSet{Tenant: s.tenant}, s.erasure); err != nil {
				return err
			}
		}
	}
	return nil
}

// speaksOf tells whether a message is a payload or an event for a run of the person.
func (s *sweep) speaksOf(ctx context.Context, m *storage.Message) (bool, error) {
	var payload tracardi.Payload
	if m.Topic == FlowTopic {
		var wakes wake
		var event struct{ Session, Profile RunRef }
		if json.Unmarshal(m.Body, &wakes) != nil || json.Unmarshal(wakes.Event, &event) != nil {
			return false, nil // it names a run at most
		}
		payload.Session, payload.Profile = event.Session.ID, event.Profile.ID
	} else if json.Unmarshal(m.Body, &payload) != nil { // what nobody could read may name the person anywhere
		return slices.ContainsFunc(s.erasure.IDs, func(id string) bool { return names(m.Body, id) }), nil
	}
	for _, id := range append([]string{payload.Profile, payload.Referred}, payload.Known...) {
		if slices.Contains(s.erasure.IDs, id) {
			return true, nil
		}
	}
	if payload.Session == "" {
		return false, nil
	}
	stones, err := s.p.tombstones(ctx, s.tenant, sessionID, []string{payload.Session})
	return err == nil && stones[0] != nil && stones[0].Erasure == s.erasure.ID, err
}

// names tells whether a text has an id that is no part of a longer word.
func names(text []byte, id string) bool {
	for at := 0; ; at++ {
		i := bytes.Index(text[at:], []byte(id))
		if i < 0 || id == "" {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRune(text[:at])
		after, _ := utf8.DecodeRune(text[at+len(id):])
		if !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after) {
			return true
		}
	}
}
