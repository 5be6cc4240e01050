package ordered

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

func isConflict(err error) bool { return tracardi.KindOf(err) == tracardi.Conflict && err != nil }

// finish stores what belongs to anchors that are stored, and publishes the messages. It may be done again by anybody.
func (c *Committer) finish(ctx context.Context, stamp string, parts []entryPart) error {
	var rest []*Document
	for _, p := range parts {
		for _, doc := range p.Docs[1:] {
			doc.Stamp = stamp
			rest = append(rest, doc)
		}
	}
	for wait := 50 * time.Millisecond; len(rest) > 0; wait = min(2*wait, 2*time.Second) {
		failed, err := c.storeRest(ctx, rest)
		if rest = failed; len(rest) == 0 {
			break
		}
		c.options.Log.Warn("ordered: a change that is decided cannot be finished now, and will be", "documents", len(rest), "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
	fault.At(fault.Completed)
	for _, p := range parts {
		if err := c.publish(ctx, p.Tenant, p.Messages); err != nil {
			return err
		}
	}
	return nil
}

// storeRest stores documents and returns those that must be tried again, with the reason of one.
func (c *Committer) storeRest(ctx context.Context, docs []*Document) (failed []*Document, err error) {
	results := c.engine.Put(ctx, docs)
	c.ownWrites(ctx, docs, results)
	for i, r := range results {
		switch {
		case r.Err != nil && tracardi.KindOf(r.Err) != tracardi.Unavailable:
			c.options.Log.Error("ordered: the store refuses a document for good: it is left out", "document", docs[i].Key, "error", r.Err)
		case r.Err != nil:
			failed, err = append(failed, docs[i]), r.Err
		case r.Conflict && docs[i].Mutable && docs[i].State.Version <= docs[i].Version:
			// Only a writer without the locks of these documents can have come in between. A higher version was made from this one,
			// which somebody else had finished.
			c.options.Log.Error("ordered: a document was changed by somebody else while its change set was stored: the later change stays",
				"document", docs[i].Key, "version", docs[i].Version)
		}
	}
	return failed, err
}

// publish sends messages, trying again until ctx ends.
func (c *Committer) publish(ctx context.Context, tenant string, messages []storage.Message) error {
	if len(messages) == 0 {
		return nil
	}
	if c.options.Queue == nil || c.options.Queue() == nil {
		return tracardi.Errorf(tracardi.Internal, "there is no queue for the messages of a change set")
	}
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := c.options.Queue().Publish(ctx, tenant, messages...)
		if err == nil || tracardi.KindOf(err) != tracardi.Unavailable {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// Settle makes sure that the change sets are finished which the stamps of documents that were read stand for. helped tells that the
// documents may have changed.
func (c *Committer) Settle(ctx context.Context, stamps []string) (helped bool, err error) {
	helped, err = c.awaitOwn(ctx, stamps)
	if err != nil {
		return helped, err
	}
	var unknown []string
	c.mu.Lock()
	for _, stamp := range stamps {
		if id, ok := strings.CutPrefix(stamp, journaled); ok && !c.over[id] {
			unknown = append(unknown, id)
		}
	}
	c.mu.Unlock()
	if len(unknown) == 0 {
		return helped, nil
	}
	entries, err := c.engine.Entries(ctx, unknown...)
	if err != nil {
		return helped, err
	}
	for _, id := range unknown {
		raw, there := entries[id]
		if there {
			helped = true
			err = c.help(ctx, id, raw)
			if err != nil {
				return helped, err
			}
			continue
		}
		c.mu.Lock()
		c.remember(id)
		c.mu.Unlock()
	}
	return helped, nil
}

// awaitOwn waits for the change sets that this process is at work on. None that a batch of its own looks at is among them, since
// no two batches on their way touch the same document.
func (c *Committer) awaitOwn(ctx context.Context, stamps []string) (waited bool, err error) {
	late := time.NewTimer(c.options.Within)
	defer late.Stop()
	for _, stamp := range stamps {
		id, _ := strings.CutPrefix(stamp, journaled)
		c.mu.Lock()
		landed := c.flying[id]
		c.mu.Unlock()
		if landed == nil {
			continue
		}
		waited = true
		select {
		case <-landed:
		case <-ctx.Done():
			return waited, unavailable(ctx.Err())
		case <-late.C:
			return waited, tracardi.Errorf(tracardi.Unavailable, "a change of this document is not finished yet: ask again in a moment")
		}
	}
	return waited, nil
}

// help finishes the parts of an entry whose anchors are stored.
func (c *Committer) help(ctx context.Context, id string, raw []byte) error {
	e, err := decodeEntry(raw)
	if err != nil {
		return tracardi.Errorf(tracardi.Internal, "read the journal entry %s: %w", id, err)
	}
	var anchors []*Document
	for _, p := range e.Parts {
		anchor := *p.Docs[0]
		anchor.Lax = false
		anchors = append(anchors, &anchor)
	}
	if err := c.engine.Look(ctx, anchors); err != nil {
		return err
	}
	var decided []entryPart
	for i, p := range e.Parts {
		if anchors[i].State.Stamp == journaled+id {
			decided = append(decided, p)
		}
	}
	return c.finish(ctx, journaled+id, decided)
}

// sweep removes entries of finished flights soon, and finishes those whose writer is gone.
func (c *Committer) sweep() {
	seen := map[string]int{}
	forget, look := time.NewTicker(forgetAfter), time.NewTicker(sweepEvery)
	defer forget.Stop()
	defer look.Stop()
	for {
		var err error
		select {
		case <-c.ctx.Done():
			return
		case <-forget.C:
			if c.resting() {
				c.forget()
				return
			}
			c.forget()
		case <-look.C:
			err = c.adopt(seen)
		}
		if err != nil && c.ctx.Err() == nil {
			c.options.Log.Warn("ordered: look for unfinished changes", "error", err)
		}
	}
}

// resting tells whether the committer is closed and all flights have landed.
func (c *Committer) resting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed && len(c.pending) == 0 && len(c.flying) == 0
}

func (c *Committer) forget() {
	done := c.takeDone()
	if len(done) == 0 {
		return
	}
	if err := c.engine.Note(c.ctx, "", nil, done); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done = append(c.done, done...)
	}
}

// adopt finishes the entries that were there at so many looks that their writer must be gone. Looks are counted, not time: while
// the store answers nobody, its work may be waiting in there.
func (c *Committer) adopt(seen map[string]int) error {
	entries, err := c.engine.Entries(c.ctx)
	if err != nil {
		return err
	}
	for id := range seen {
		if _, there := entries[id]; !there {
			delete(seen, id)
		}
	}
	for id, raw := range entries {
		c.mu.Lock()
		ours := c.flying[id] != nil
		c.mu.Unlock()
		if seen[id]++; ours || seen[id] < goneAfter {
			continue
		}
		if err := c.help(c.ctx, id, raw); err != nil {
			return err
		}
		if err := c.engine.Note(c.ctx, "", nil, []string{id}); err != nil {
			return err
		}
		c.options.Log.Info("ordered: finished what another process had begun", "entry", id)
	}
	return nil
}
