package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// EraseTopic is where people wait for being erased.
const EraseTopic = "erase"

// States of an erasure.
const (
	ErasureRunning = "running"
	ErasureDone    = "done"
)

// Erasure is the stored form of the erasure of one person. When it is done it is its receipt, without a word about the person.
type Erasure struct {
	ID       string           `json:"id"`
	Metadata RunMetadata      `json:"metadata"`
	Status   string           `json:"status"`
	By       string           `json:"by"`                // id of the user or the token
	Removed  map[string]int64 `json:"removed,omitempty"` // by collection, and dead letters
	Finished time.Time        `json:"finished,omitzero"`

	// While it runs.
	IDs    []string       `json:"ids,omitempty"`   // under which the person is known
	Marked time.Time      `json:"marked,omitzero"` // when all processes were told to look for tombstones
	Batch  []erasureBatch `json:"batch,omitempty"` // counted, perhaps not removed yet

	version uint64
}

// erasureBatch is documents of a collection.
type erasureBatch struct {
	Collection storage.Collection `json:"collection"`
	IDs        []string           `json:"ids"`
}

// deadLetters is what Removed calls those.
const deadLetters = "dead_letter"

// Times of an erasure.
const (
	erasureHeard  = 3 * workspace.PollInterval // behind the mark, every process looks for tombstones
	erasureCalm   = 5 * time.Second            // behind the mark, what was on its way is stored
	erasureAgain  = time.Second
	erasureBatchN = 100 // documents removed at once
)

// EraseProfile accepts the erasure of the person who is known by an id, and returns it. A person whose erasure runs, or was done,
// has that one. NotFound: nobody is known by the id.
func (p *Pipeline) EraseProfile(ctx context.Context, tenant, id, by string) (*Erasure, error) {
	var err error
	for range attempts {
		var e *Erasure
		e, err = p.eraseProfile(ctx, tenant, id, by)
		if tracardi.KindOf(err) != tracardi.Conflict {
			return e, err
		}
	}
	return nil, err
}

func (p *Pipeline) eraseProfile(ctx context.Context, tenant, id, by string) (*Erasure, error) {
	profile := &tracardi.Profile{}
	version, err := p.document(ctx, tenant, storage.Profiles, id, profile)
	if err == nil && version == 0 {
		var found string
		if found, _, err = p.alias(ctx, tenant, id); err == nil && found != "" {
			version, err = p.document(ctx, tenant, storage.Profiles, found, profile)
		}
	}
	if err != nil {
		return nil, err
	}
	if version == 0 {
		profile.ID = id
	}
	earlier, err := p.ErasureOf(ctx, tenant, profile.ID)
	if err != nil || earlier != nil && (version == 0 || earlier.Status == ErasureRunning) {
		return earlier, err
	}
	if version == 0 {
		return nil, tracardi.Errorf(tracardi.NotFound, "there is no profile %q", id)
	}
	ids := append([]string{profile.ID}, slices.DeleteFunc(profile.IDs, func(known string) bool { return known == profile.ID })...)
	e := &Erasure{ID: newID(), Status: ErasureRunning, By: by, IDs: ids}
	e.Metadata.Time.Insert = p.options.Now().UTC()
	set := &storage.ChangeSet{Tenant: tenant}
	if set.Writes, err = p.bury(ctx, tenant, e, personID, ids); err != nil {
		return nil, err
	}
	set.Publish = []storage.Message{{Topic: EraseTopic, ID: e.ID, Key: e.ID, Body: []byte(e.ID)}}
	return e, p.saveErasure(ctx, set, e)
}

// ErasureOf returns the last erasure of who was known by an id; nil when there is none.
func (p *Pipeline) ErasureOf(ctx context.Context, tenant, id string) (*Erasure, error) {
	stones, err := p.tombstones(ctx, tenant, personID, []string{id})
	if err != nil || stones[0] == nil {
		return nil, err
	}
	return p.Erasure(ctx, tenant, stones[0].Erasure)
}

// Erasure returns an erasure; nil when there is none with this id.
func (p *Pipeline) Erasure(ctx context.Context, tenant, id string) (*Erasure, error) {
	e := &Erasure{}
	version, err := p.document(ctx, tenant, storage.Erasures, id, e)
	if version == 0 || err != nil {
		return nil, err
	}
	e.version = version
	return e, nil
}

// bury makes the writes of tombstones for ids, but of those that have one of this erasure.
func (p *Pipeline) bury(ctx context.Context, tenant string, e *Erasure, kind string, ids []string) ([]storage.Write, error) {
	stones := map[string]bool{}
	for _, id := range ids {
		stones[p.stoneID(kind, id)] = true
	}
	if stones[""] {
		return nil, tracardi.Errorf(tracardi.Internal, "nobody can be erased without a secret of the installation")
	}
	docs, err := p.options.Records.Read(ctx, tenant, storage.Tombstones, slices.Sorted(maps.Keys(stones)))
	if err != nil {
		return nil, err
	}
	var writes []storage.Write
	for _, doc := range docs {
		stone := tombstone{}
		if doc.Body != nil {
			if err := json.Unmarshal(doc.Body, &stone); err != nil {
				return nil, fmt.Errorf("read %s %q: %w", storage.Tombstones, doc.ID, err)
			}
			if stone.Erasure == e.ID {
				continue
			}
		}
		stone.ID, stone.Erasure, stone.Metadata.Time.Insert = doc.ID, e.ID, e.Metadata.Time.Insert
		body, err := json.Marshal(stone)
		if err != nil {
			return nil, err
		}
		writes = append(writes, storage.Write{Collection: storage.Tombstones, Doc: storage.Doc{
			ID: doc.ID, Time: stone.Metadata.Time.Insert, Version: doc.Version, Body: body,
		}})
	}
	return writes, nil
}

// saveErasure stores how far an erasure is, together with a change set.
func (p *Pipeline) saveErasure(ctx context.Context, set *storage.ChangeSet, e *Erasure) error {
	e.Metadata.Time.Update = p.options.Now().UTC()
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	set.Writes = append(set.Writes, storage.Write{Collection: storage.Erasures, Doc: storage.Doc{
		ID: e.ID, Time: e.Metadata.Time.Insert, Version: e.version, Body: body,
	}})
	if err := p.options.Records.Commit(set).Wait(ctx); err != nil {
		return err
	}
	e.version++
	return nil
}

// WorkErasures erases people, one at a time, until ctx ends.
func (p *Pipeline) WorkErasures(ctx context.Context) error {
	return p.options.Queue.Consume(ctx, EraseTopic, storage.Consume{Workers: 1}, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		id := string(lease.Message.Body)
		over, err := p.erase(ctx, lease.Tenant, id)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				p.options.Log.Error("pipeline: an erasure is tried again", "erasure", id, "attempt", lease.Message.Attempt, "error", err)
			}
			return storage.Again(min(time.Duration(lease.Message.Attempt)*erasureAgain, time.Minute)) // never given up
		case over:
			return storage.Done()
		}
		return storage.Again(erasureAgain)
	})
}

// erase goes on with an erasure, and tells whether it is over. All that it did before may be done again.
func (p *Pipeline) erase(ctx context.Context, tenant, id string) (over bool, err error) {
	e, err := p.Erasure(ctx, tenant, id)
	if err != nil || e == nil || e.Status == ErasureDone {
		return err == nil, err
	}
	now := p.options.Now().UTC()
	if e.Marked.IsZero() {
		if err := p.options.Workspace.NoteErasure(ctx, tenant, now); err != nil {
			return false, err
		}
		e.Marked = now
		return false, p.saveErasure(ctx, &storage.ChangeSet{Tenant: tenant}, e)
	}
	if now.Before(e.Marked.Add(erasureHeard)) {
		return false, nil
	}
	s := &sweep{p: p, tenant: tenant, erasure: e}
	if err := s.run(ctx); err != nil {
		return false, err
	}
	if s.found > 0 || now.Before(e.Marked.Add(erasureCalm)) {
		return false, nil
	}
	e.Status, e.Finished, e.IDs, e.Batch, e.Marked = ErasureDone, p.options.Now().UTC(), nil, nil, time.Time{}
	if err := p.saveErasure(ctx, &storage.ChangeSet{Tenant: tenant}, e); err != nil {
		return false, err
	}
	p.options.Log.Info("a person is erased", "tenant", tenant, "erasure", e.ID, "by", e.By, "removed", e.Removed)
	return true, nil
}

var (
	profileField = expr.MustPath("profile.id")
	sessionField = expr.MustPath("session.id")
	eventField   = expr.MustPath("event_id")
	ofField      = expr.MustPath("profile_id")
	callField    = expr.MustPath("event.id")
)
