package ordered

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

// flight is a batch of change sets on its way.
type flight struct {
	committer  *Committer
	id         string // of its journal entry
	components []*component
	owner      map[string]*component // by the documents that only one flight may have
	noted      bool
	finished   bool // nothing of the entry is left to do
}

// component is what is stored whole or not at all: a change set, or several that follow each other on the same documents.
type component struct {
	subs   []*submission
	anchor string // key of the document that decides; empty when there is none

	// What is left when those that do not fit are refused.
	docs     []*Document // the last state of each; the anchor first
	accepted []*submission
	messages []storage.Message
}

// join takes a change set in. It refuses one that shares documents with others whose anchor is another: they go one by one.
func (f *flight) join(sub *submission) bool {
	var found *component
	for _, doc := range sub.docs {
		if !doc.exclusive() || f.owner[doc.Key] == nil {
			continue
		}
		if found != nil && found != f.owner[doc.Key] {
			return false
		}
		found = f.owner[doc.Key]
	}
	if found != nil && (sub.anchor == nil || found.anchor != sub.anchor.Key) {
		return false
	}
	if found == nil {
		found = &component{}
		if sub.anchor != nil {
			found.anchor = sub.anchor.Key
		}
		f.components = append(f.components, found)
	}
	found.subs = append(found.subs, sub)
	for _, doc := range sub.docs {
		if doc.exclusive() {
			f.owner[doc.Key] = found
		}
	}
	return true
}

// run takes the batch through all steps. Every ticket is settled when it returns, or when it takes too long.
func (f *flight) run() {
	ctx, cancel := context.WithTimeout(f.committer.ctx, f.committer.options.Within)
	defer cancel()
	if err := f.check(ctx); err != nil {
		f.settle(f.components, unavailable(err))
		return
	}
	fault.At(fault.Checked)
	var whole []*component // those that need the journal
	var single []*component
	for _, part := range f.components {
		switch {
		case len(part.accepted) == 0:
		case part.anchor == "" || len(part.docs) == 1 && len(part.messages) == 0:
			single = append(single, part)
		default:
			whole = append(whole, part)
		}
	}
	if len(whole) > 0 {
		if err := f.note(ctx, whole); err != nil {
			f.settle(whole, unavailable(err))
			whole = nil
		}
	}
	fault.At(fault.Noted)
	decided, done := f.decide(ctx, whole, single)
	fault.At(fault.Decided)
	f.publish(ctx, done)
	f.finish(decided)
}

// check finds out what is stored and refuses the change sets that were made from something else, as if one after the other.
func (f *flight) check(ctx context.Context) error {
	var ask []*Document
	first := map[string]*Document{}
	for _, part := range f.components {
		for _, sub := range part.subs {
			for _, doc := range sub.docs {
				if !doc.exclusive() || first[doc.Key] != nil {
					continue
				}
				first[doc.Key] = doc
				if !doc.Fresh {
					ask = append(ask, doc)
				}
			}
		}
	}
	if err := f.look(ctx, ask); err != nil {
		return err
	}
	for _, part := range f.components {
		part.accept(first)
	}
	return nil
}

// look finds out what is stored, after the change sets that stored it are finished: who writes over an anchor takes away the
// sign that its change set is decided.
func (f *flight) look(ctx context.Context, docs []*Document) error {
	if len(docs) == 0 {
		return nil
	}
	if err := f.committer.engine.Look(ctx, docs); err != nil {
		return err
	}
	var stamps []string
	for _, doc := range docs {
		if doc.Mutable {
			stamps = append(stamps, doc.State.Stamp)
		}
	}
	helped, err := f.committer.Settle(ctx, stamps)
	if err != nil || !helped {
		return err
	}
	return f.committer.engine.Look(ctx, docs)
}

// accept keeps the change sets that fit on what is stored and on those before them.
func (p *component) accept(first map[string]*Document) {
	now := map[string]uint64{} // versions, and 1 for an immutable document that exists
	latest := map[string]*Document{}
	var order []string
	for _, sub := range p.subs {
		if !sub.fits(first, now) {
			sub.ticket.settle(conflict())
			continue
		}
		for _, doc := range sub.docs {
			if doc.exclusive() {
				now[doc.Key] = max(doc.Version, 1)
				doc.State = first[doc.Key].State
			}
			if latest[doc.Key] == nil {
				order = append(order, doc.Key)
			}
			latest[doc.Key] = doc
		}
		p.accepted = append(p.accepted, sub)
		p.messages = append(p.messages, sub.messages...)
	}
	for _, key := range order {
		if key == p.anchor {
			p.docs = append([]*Document{latest[key]}, p.docs...)
		} else {
			p.docs = append(p.docs, latest[key])
		}
	}
}

func (s *submission) fits(first map[string]*Document, now map[string]uint64) bool {
	for _, doc := range s.docs {
		if !doc.exclusive() {
			continue
		}
		version, touched := now[doc.Key]
		if !touched {
			state := first[doc.Key].State
			version = state.Version
			if !doc.Mutable && state.Found {
				version = 1
			}
		}
		if version != doc.Base {
			return false
		}
	}
	return true
}

func (f *flight) settle(parts []*component, err error) {
	for _, part := range parts {
		part.settle(err)
	}
}

func (p *component) settle(err error) {
	for _, sub := range p.subs {
		sub.ticket.settle(err) // those that were refused are settled
	}
}

// store stores documents of some components and tells for which of them that worked; it settles the others.
func (f *flight) store(ctx context.Context, docs []*Document, of []*component) map[*component]bool {
	stored := map[*component]bool{}
	if len(docs) == 0 {
		return stored
	}
	results := f.committer.engine.Put(ctx, docs)
	f.committer.ownWrites(ctx, docs, results)
	failed := map[*component]error{}
	for i, r := range results {
		stored[of[i]] = true
		switch {
		case r.Err != nil:
			failed[of[i]] = unavailable(r.Err)
		case r.Conflict && docs[i].exclusive() && failed[of[i]] == nil:
			failed[of[i]] = conflict()
		}
	}
	for p, err := range failed {
		delete(stored, p)
		p.settle(err)
	}
	return stored
}

const (
	journaled = "j" // begins the stamp of a document with a journal entry
	direct    = "d"
)

// ownWrites takes back conflicts with our own write, which was sent twice because the first answer got lost. Documents of the other
// conflicts get the state that is stored.
func (c *Committer) ownWrites(ctx context.Context, docs []*Document, results []Result) {
	var unsure []*Document
	var at []int
	for i, r := range results {
		if r.Conflict && docs[i].exclusive() {
			look := *docs[i]
			look.Lax = false
			unsure, at = append(unsure, &look), append(at, i)
		}
	}
	if len(unsure) == 0 {
		return
	}
	if err := c.engine.Look(ctx, unsure); err != nil {
		for _, i := range at {
			results[i] = Result{Err: err}
		}
		return
	}
	for n, i := range at {
		if results[i].Conflict = unsure[n].State.Stamp != docs[i].Stamp; results[i].Conflict {
			docs[i].State = unsure[n].State
		}
	}
}

// entry is what the journal keeps of a flight.
type entry struct{ Parts []entryPart }

type entryPart struct {
	Tenant   string
	Docs     []*Document // the anchor first
	Messages []storage.Message
}

func (f *flight) note(ctx context.Context, parts []*component) error {
	var e entry
	for _, p := range parts {
		e.Parts = append(e.Parts, entryPart{Tenant: p.subs[0].set.Tenant, Docs: p.docs, Messages: p.messages})
	}
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(&e); err != nil {
		return fmt.Errorf("encode the journal: %w", err)
	}
	f.noted = true
	return f.committer.engine.Note(ctx, f.id, s2.Encode(nil, text.Bytes()), f.committer.takeDone())
}

func decodeEntry(raw []byte) (e entry, err error) {
	text, err := s2.Decode(nil, raw)
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(text)).Decode(&e)
	}
	return e, err
}

// decide stores the anchors of components, and all documents of those that need no journal. What is decided after this is
// true, whatever happens.
func (f *flight) decide(ctx context.Context, whole, single []*component) (decided, done []*component) {
	var docs []*Document
	var of []*component
	add := func(p *component, doc *Document, stamp string) {
		doc.Stamp = stamp + f.id
		docs, of = append(docs, doc), append(of, p)
	}
	for _, p := range whole {
		add(p, p.docs[0], journaled)
	}
	for _, p := range single {
		for _, doc := range p.docs {
			add(p, doc, direct)
		}
	}
	stored := f.store(ctx, docs, of)
	f.finished = true
	for _, p := range whole {
		if stored[p] {
			decided = append(decided, p)
		} else if !isConflict(p.accepted[0].ticket.err) {
			f.finished = false // the anchor may still get stored
		}
	}
	for _, p := range single {
		if stored[p] || len(p.docs) == 0 { // messages alone have nothing to be stored
			done = append(done, p)
		}
	}
	return decided, done
}

// publish sends the messages of components whose documents are stored, and settles them.
func (f *flight) publish(ctx context.Context, parts []*component) {
	for _, p := range parts {
		if len(p.accepted) == 0 {
			continue
		}
		if err := f.committer.publish(ctx, p.subs[0].set.Tenant, p.messages); err != nil {
			p.settle(unavailable(err))
		} else {
			p.settle(nil)
		}
	}
}

// finish stores the rest of what is decided, however long that takes. Those who wait hear after a while that it is not sure.
func (f *flight) finish(parts []*component) {
	if len(parts) == 0 {
		return
	}
	impatient := time.AfterFunc(f.committer.options.Within, func() {
		f.settle(parts, unavailable(context.DeadlineExceeded))
	})
	defer impatient.Stop()
	var e entry
	for _, p := range parts {
		e.Parts = append(e.Parts, entryPart{Tenant: p.subs[0].set.Tenant, Docs: p.docs, Messages: p.messages})
	}
	if err := f.committer.finish(f.committer.ctx, journaled+f.id, e.Parts); err != nil {
		f.finished = false
		f.settle(parts, unavailable(err))
		return
	}
	fault.At(fault.Published)
	f.settle(parts, nil)
}
