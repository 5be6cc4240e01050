// Package ordered makes change sets durable on stores without transactions, in steps each of which may be done again:
//
//	note      what is to be written goes into a journal entry
//	decide    one mutable document of the change set is written, if its version is still the stored one: from here on the
//	          change set is true, before that it is not there at all. It is the first whose id was not made just now
//	finish    the other documents are written and the messages are published
//	forget    the journal entry is removed
//
// Whoever reads a document whose entry is still there finishes that change set first; entries whose writer is gone are finished
// by the others after a while. The message whose work a change set is gets acknowledged last, by the queue, when its handler
// returns (see [Queue]).
package ordered

import (
	"context"
	"log/slog"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

// Document is one document on its way, as the engine wants to store it.
type Document struct {
	Key     string // names the document among all of the engine
	Mutable bool
	Unique  bool   // immutable: the key must not be stored yet
	Fresh   bool   // the key was made just now, so that nothing can be stored there
	Lax     bool   // of the state, what is remembered will do, or what the caller thinks: it is compared once more when it is written
	Base    uint64 // the version that must be stored, 0 for none; of a mutable document
	Version uint64 // the version that it has then
	Content []byte // for the engine alone
	Stamp   string // of the writing; Put keeps it beside the document
	State   State  // what Look found
}

// State is what is stored under a key.
type State struct {
	Version uint64 // of a mutable document
	Found   bool
	Stamp   string   // of the last writing
	Mark    [2]int64 // the engine's own, for comparing when it writes
	Of      string   // what the mark belongs to; it means nothing elsewhere
}

// Result is what became of a write.
type Result struct {
	Conflict bool  // something else is stored than the write asked for
	Err      error // the document may or may not be stored
}

// Engine stores single documents.
type Engine interface {
	// Documents prepares the writes of a change set. What they refer to may change after the call. Documents that the engine
	// needs beside those of the caller come last and are immutable.
	Documents(set *storage.ChangeSet) ([]*Document, error)
	// Look finds out what is stored and notes it in State.
	Look(ctx context.Context, docs []*Document) error
	// Put writes documents, each on its own: a mutable one when State is still what is stored, an immutable one when nothing
	// is stored under its key. It tries again what failed until ctx ends.
	Put(ctx context.Context, docs []*Document) []Result
	// Note keeps a journal entry and removes others.
	Note(ctx context.Context, id string, entry []byte, done []string) error
	// Entries returns the journal's entries with these ids, or all when there are none.
	Entries(ctx context.Context, ids ...string) (map[string][]byte, error)
}

// Options are what a committer works with.
type Options struct {
	Queue   func() storage.Queue // takes the messages of change sets; nil when there are none
	Log     *slog.Logger
	Flights int           // batches on their way at once; 0 means 3
	Within  time.Duration // after which those who wait hear that nothing may be assumed; 0 means 10 s
}

// Queue is a queue beside records of another engine: a message that a change set has taken is acknowledged when its handler
// returns, which is after everything else of the change set is stored.
type Queue struct{ storage.Queue }

// Consume implements storage.Queue.
func (q Queue) Consume(ctx context.Context, topic string, c storage.Consume, h storage.Handler) error {
	return q.Queue.Consume(ctx, topic, c, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		verdict := h(ctx, lease)
		if verdict == storage.Committed() {
			return storage.Done()
		}
		return verdict
	})
}
