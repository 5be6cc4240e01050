package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// tombstone stands for an id of an erased person: its own id is a keyed hash of that one, so that it can be found by who comes with
// the id, and tells nothing to who reads it.
type tombstone struct {
	ID       string `json:"id"`
	Metadata struct {
		Time struct {
			Insert time.Time `json:"insert"` // when the erasure was asked for
		} `json:"time"`
	} `json:"metadata"`
	Erasure string `json:"erasure"`
}

// Kinds of ids that tombstones are for.
const (
	personID  = "profile"
	sessionID = "session"
)

// stoneID is the id of the tombstone for an id; empty in an installation without a secret.
func (p *Pipeline) stoneID(kind, id string) string {
	return p.options.Hasher.ID("", "tombstone", kind, id)
}

// tombstones reads those for ids of a kind; nil where there is none.
func (p *Pipeline) tombstones(ctx context.Context, tenant, kind string, ids []string) ([]*tombstone, error) {
	hashed := make([]string, len(ids))
	for i, id := range ids {
		hashed[i] = p.stoneID(kind, id)
	}
	docs, err := p.options.Records.Read(ctx, tenant, storage.Tombstones, hashed)
	if err != nil {
		return nil, err
	}
	stones := make([]*tombstone, len(ids))
	for i := range docs {
		if docs[i].Body == nil {
			continue
		}
		stones[i] = &tombstone{}
		if err := json.Unmarshal(docs[i].Body, stones[i]); err != nil {
			return nil, fmt.Errorf("read %s %q: %w", storage.Tombstones, docs[i].ID, err)
		}
	}
	return stones, nil
}

// successor is the id that takes the place of an erased one. It is made of both with the secret, so that a sender that keeps the
// old one gets the same each time.
func (p *Pipeline) successor(stone *tombstone, id string) string {
	return p.options.Hasher.ID("", "successor", stone.Erasure, id)
}

// maxSuccessors is how often one id may have been erased, each time as the successor of the one before.
const maxSuccessors = 100

// current follows an id to the one that is not erased, and returns the oldest tombstone on the way; nil for an id that was never
// erased.
func (p *Pipeline) current(ctx context.Context, tenant, kind, id string) (string, *tombstone, error) {
	var first *tombstone
	for range maxSuccessors {
		if id == "" {
			return id, first, nil
		}
		stones, err := p.tombstones(ctx, tenant, kind, []string{id})
		if err != nil {
			return "", nil, err
		}
		if stones[0] == nil {
			return id, first, nil
		}
		first = stones[0]
		id = p.successor(stones[0], id)
	}
	return id, first, nil
}

// withoutErased returns a payload as it is to be processed when it names somebody who was erased: nil when it is from the time
// before, or from a flow that knows the person from then; else with other ids in the place of the erased ones. What was never erased
// is returned as it is. Where nobody ever was, that costs one look at the configuration.
func (p *Pipeline) withoutErased(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source) (*tracardi.Payload, error) {
	if p.options.Workspace == nil || !p.options.Workspace.Snapshot(payload.Tenant).Erasures || p.remembers(payload, source) {
		return payload, nil
	}
	clean := *payload
	var last time.Time // of the erasures
	for _, named := range []struct {
		kind string
		id   *string
	}{{sessionID, &clean.Session}, {personID, &clean.Profile}, {personID, &clean.Referred}} {
		id, stone, err := p.current(ctx, payload.Tenant, named.kind, *named.id)
		if err != nil {
			return nil, err
		}
		if stone != nil {
			*named.id, last = id, latest(last, stone.Metadata.Time.Insert)
		}
	}
	if len(clean.Known) > 0 { // made of what names the person: who comes again with that begins anew
		stones, err := p.tombstones(ctx, payload.Tenant, personID, clean.Known)
		if err != nil {
			return nil, err
		}
		for _, stone := range stones {
			if stone != nil {
				last = latest(last, stone.Metadata.Time.Insert)
			}
		}
	}
	if last.IsZero() {
		return payload, nil
	}
	clean.Events = slices.DeleteFunc(slices.Clone(clean.Events), func(e tracardi.NewEvent) bool {
		return happened(&e, payload.Received).Before(last)
	})
	if len(clean.Events) == 0 || payload.Way == tracardi.SourceInternal {
		return nil, nil
	}
	return &clean, nil
}

// happened is when an event happened, as far as that is known.
func happened(e *tracardi.NewEvent, received time.Time) time.Time {
	for _, told := range []time.Time{e.Insert, e.Create} {
		if !told.IsZero() && told.Before(received) {
			return told
		}
	}
	return received
}

// remembers tells that the payload's session is in the cache. What was there was forgotten at the last erasure, so that this one is
// nobody's who was erased; and the session alone says who the visitor is, unless the source may name others.
func (p *Pipeline) remembers(payload *tracardi.Payload, source *tracardi.Source) bool {
	if payload.Session == "" || len(payload.Known) > 0 || payload.Way == tracardi.SourceInternal || source.StaticIDs {
		return false
	}
	_, ok := p.people.sessions.GetIfPresent(personKey{payload.Tenant, payload.Session})
	return ok
}

// errErased has a payload or a run begin again.
var errErased = tracardi.Errorf(tracardi.Conflict, "somebody was erased at this moment")

// forgetErased empties the cache when somebody was erased: only the records know whom. Whoever has loaded documents before sees by
// the count that they may be gone.
func (p *Pipeline) forgetErased(_, kind string) {
	if kind == workspace.KindErasures {
		p.erased.Add(1)
		p.people.forget()
	}
}

// dropErased takes what the work put into the cache out again when the cache was emptied meanwhile.
func (p *Pipeline) dropErased(w *Work) {
	if p.erased.Load() != w.erased {
		p.people.drop(w)
	}
}
