package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// held are the locks of one payload: first the session's, then those of the ids that the visitor is known by, then the
// profile's, then those of entities, always in this order.
type held struct {
	locks  storage.Locks
	tenant string
	taken  []takenLock
	wanted []string // ids of profiles that flows will make events over to
}

type takenLock struct {
	storage.Lock
	name string
}

const lockTime = 30 * time.Second

func (h *held) take(ctx context.Context, name string) error {
	lock, err := h.locks.Lock(ctx, h.tenant, name, lockTime)
	if err != nil {
		return err
	}
	h.taken = append(h.taken, takenLock{lock, name})
	return nil
}

// takeProfile takes the lock of a profile, together with those of the wanted ones and in the order of their ids, so that nobody
// waits in a circle. An empty id stands for nobody.
func (h *held) takeProfile(ctx context.Context, id string) error {
	if len(h.wanted) == 0 && id != "" {
		return h.take(ctx, profileLock(id))
	}
	for _, id := range slices.Sorted(slices.Values(append(slices.Clip(h.wanted), id))) {
		if name := profileLock(id); id != "" && !h.has(name) {
			if err := h.take(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func profileLock(id string) string { return "profile/" + id }

func (h *held) has(name string) bool {
	return slices.ContainsFunc(h.taken, func(l takenLock) bool { return l.name == name })
}

func (h *held) release() { h.releaseTo(0) }

// releaseTo gives back the locks that were taken last, down to a number of them.
func (h *held) releaseTo(count int) {
	for _, lock := range slices.Backward(h.taken[count:]) {
		lock.Unlock()
	}
	h.taken = h.taken[:count]
}

// load fetches the session and the profile that the payload speaks of and decides which they are.
func (p *Pipeline) load(ctx context.Context, w *Work, locks *held, again bool) error {
	payload := w.Payload
	w.Incoming = withoutRepeats(payload.Events)
	if again {
		if err := p.dropStored(ctx, w); err != nil {
			return err
		}
	}
	var known known
	var err error
	if payload.Session != "" {
		if err = locks.take(ctx, "session/"+payload.Session); err != nil {
			return err
		}
		if known.session, err = p.session(ctx, payload.Tenant, payload.Session); err != nil {
			return err
		}
	}
	switch id := known.profileID(payload); {
	case payload.ProfileLess:
	case len(payload.Known) > 0:
		err = p.findKnown(ctx, w, locks, &known)
	case id != "":
		known.profile, err = p.lockedProfile(ctx, locks, payload.Tenant, id)
	}
	if err == nil && len(locks.wanted) > 0 {
		err = locks.takeProfile(ctx, "")
	}
	if err != nil {
		return err
	}
	resolve(w, known)
	return p.loadEntities(ctx, w, locks)
}

// withoutRepeats leaves out events whose id came before in the same payload.
func withoutRepeats(given []tracardi.NewEvent) []tracardi.NewEvent {
	if len(given) == 1 {
		return slices.Clip(given)
	}
	events := make([]tracardi.NewEvent, 0, len(given)+3) // room for the system's
	var seen map[string]bool
	for _, e := range given {
		if e.ID != "" {
			if seen == nil {
				seen = make(map[string]bool, len(given))
			}
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
		}
		events = append(events, e)
	}
	return events
}

// lockedProfile takes the lock of a profile and reads it. An id under which the person was known before leads to the profile
// of today, whose lock is taken too.
func (p *Pipeline) lockedProfile(ctx context.Context, locks *held, tenant, id string) (*tracardi.Profile, error) {
	if err := locks.takeProfile(ctx, id); err != nil {
		return nil, err
	}
	profile, err := p.profile(ctx, tenant, id)
	if profile != nil || err != nil {
		return profile, err
	}
	current, _, err := p.alias(ctx, tenant, id)
	if current == "" || err != nil {
		return nil, err
	}
	if err := locks.takeProfile(ctx, current); err != nil {
		return nil, err
	}
	return p.profile(ctx, tenant, current)
}

var idsField = expr.MustPath("ids")

// alias finds the profile that is known by another id too, and all ids that it is known by.
func (p *Pipeline) alias(ctx context.Context, tenant, id string) (found string, known []string, err error) {
	where := expr.Holds(idsField, id)
	page, err := p.options.Records.Search(ctx, tenant, storage.Profiles, storage.Query{Where: where, Limit: 1})
	if err != nil || len(page.Docs) == 0 {
		return "", nil, err
	}
	doc := page.Docs[0]
	var profile struct {
		IDs []string `json:"ids"`
	}
	if err := json.Unmarshal(doc.Body, &profile); err != nil {
		return "", nil, fmt.Errorf("read %s %q: %w", storage.Profiles, doc.ID, err)
	}
	return doc.ID, profile.IDs, nil
}

// dropStored takes out the events that were stored by an earlier delivery.
func (p *Pipeline) dropStored(ctx context.Context, w *Work) error {
	var ids []string
	for _, e := range w.Incoming {
		if e.ID != "" {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	docs, err := p.options.Records.Read(ctx, w.Payload.Tenant, storage.Events, ids)
	if err != nil {
		return err
	}
	stored := map[string]bool{}
	for _, doc := range docs {
		stored[doc.ID] = doc.Body != nil
	}
	w.Incoming = slices.DeleteFunc(slices.Clone(w.Incoming), func(e tracardi.NewEvent) bool { return e.ID != "" && stored[e.ID] })
	return nil
}

func (p *Pipeline) session(ctx context.Context, tenant, id string) (*tracardi.Session, error) {
	if found, ok := p.people.sessions.GetIfPresent(personKey{tenant, id}); ok {
		return found.doc, nil
	}
	session := &tracardi.Session{}
	version, err := p.document(ctx, tenant, storage.Sessions, id, session)
	if version == 0 || err != nil {
		return nil, err
	}
	session.Version = version
	return session, nil
}

func (p *Pipeline) profile(ctx context.Context, tenant, id string) (*tracardi.Profile, error) {
	if found, ok := p.people.profiles.GetIfPresent(personKey{tenant, id}); ok {
		return found.doc, nil
	}
	profile := &tracardi.Profile{}
	version, err := p.document(ctx, tenant, storage.Profiles, id, profile)
	if version == 0 || err != nil {
		return nil, err
	}
	profile.Version = version
	return profile, nil
}

// document reads and decodes one mutable document; its version is 0 when there is none.
func (p *Pipeline) document(ctx context.Context, tenant string, c storage.Collection, id string, into any) (uint64, error) {
	docs, err := p.options.Records.Read(ctx, tenant, c, []string{id})
	if err != nil || docs[0].Body == nil {
		return 0, err
	}
	if err := json.Unmarshal(docs[0].Body, into); err != nil {
		return 0, fmt.Errorf("read %s %q: %w", c, id, err)
	}
	return docs[0].Version, nil
}
