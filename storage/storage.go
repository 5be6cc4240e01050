// Package storage is the contract between the platform and the engines that hold its data: records, queue, configuration,
// cache and locks. Each part has an embedded engine and others that scale out; storagetest holds the suite that every one of
// them passes. The engines store documents in collections and know nothing of events or profiles.
package storage

import (
	"context"
	"iter"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// Doc is one JSON document of a collection.
type Doc struct {
	ID   string
	Time time.Time // the collection's time field; documents are listed in its order
	Body []byte    // a JSON object; neither kept nor changed by the store after a call returns

	// Version counts the writes of a mutable document, from 1. In a write it is the version that was read, 0 for a document
	// that must not exist yet; another stored version makes the write a Conflict. Immutable documents have none.
	Version uint64

	// Unique asks, for an immutable document, that its id is not stored yet; else the write is a Conflict.
	// Ids that the platform made itself need no such check.
	Unique bool

	// Made says of a new mutable document that the platform made its id just now, so that the store need not look for it.
	Made bool

	// Keys are the values of the schema's Keys fields, Groups those of its Groups fields, in the schema's order. When nil the
	// store reads them from Body.
	Keys   []Key
	Groups []string
}

// Key is one value of a field that documents are found by.
type Key struct {
	Field uint8 // index into Schema.Keys
	Value string
}

// Write puts a document into a collection.
type Write struct {
	Collection Collection
	Doc        Doc
}

// ChangeSet is what processing one payload changes. It is stored whole or not at all.
type ChangeSet struct {
	Tenant  string
	Writes  []Write
	Publish []Message // handed over to workers
	Done    *Lease    // the message whose work this is; acknowledged with it
}

// Ticket stands for a change set on its way to the disk.
type Ticket interface {
	// Wait returns nil once the change set is durable. A Conflict means that nothing was written and that the work may be done
	// again from the load; Unavailable means that nothing may be assumed.
	Wait(ctx context.Context) error
}

// Committer stores change sets. The order of the calls is the order of their effects: a change set that was read from
// documents of an earlier one never becomes durable without it.
//
// The bodies of documents belong to the caller again when Commit has returned.
type Committer interface {
	Commit(set *ChangeSet) Ticket
}

// Query selects documents of one collection.
type Query struct {
	Where  *expr.Condition // nil for all
	From   time.Time       // inclusive; zero for no bound
	To     time.Time       // exclusive; zero for no bound
	Sort   Sort
	Limit  int    // rows in a page; 0 means 25
	Cursor string // Next of the page before
}

// Sort orders a search. The zero value is newest first.
type Sort struct {
	Field     string // empty for the collection's time
	Ascending bool
}

// Page is a part of a search's result.
type Page struct {
	Docs []Doc
	Next string // cursor of the next page; empty at the end
}

// Bucket is the count of one interval and, when grouped, one value.
type Bucket struct {
	Time  time.Time
	Value string
	Count int64
}

// Value is a value of a field and the number of documents that have it.
type Value struct {
	Value any
	Count int64
}

// FieldInfo describes a field that was seen in documents.
type FieldInfo struct {
	Path  string
	Types []string // of "string", "number", "boolean", "null", "array"
	Count int64    // documents that have it, in the sample that was looked at
}

// Records stores JSON documents in collections. All methods may be called concurrently, return when their context ends, and
// give *tracardi.Error; an unreachable engine is Unavailable. Reads see every change set that is durable; one that is still on
// its way may be missed, which the versions make safe.
type Records interface {
	Committer
	// Read returns documents in the order of ids; a missing one has a nil Body.
	Read(ctx context.Context, tenant string, c Collection, ids []string) ([]Doc, error)
	// Search returns a page of the documents that match.
	Search(ctx context.Context, tenant string, c Collection, q Query) (Page, error)
	// Count returns the exact number of documents that match.
	Count(ctx context.Context, tenant string, c Collection, q Query) (int64, error)
	// Histogram counts matches by interval of the collection's time, and by the values of a field when groupBy is not empty.
	// Intervals without a match are left out. Times are interval starts in the zone.
	Histogram(ctx context.Context, tenant string, c Collection, q Query, interval Interval, groupBy string) ([]Bucket, error)
	// Top returns the most frequent values of a field among the matches, most frequent first.
	Top(ctx context.Context, tenant string, c Collection, q Query, field string, n int) ([]Value, error)
	// Scan yields every match once, oldest first, without holding the whole in memory.
	Scan(ctx context.Context, tenant string, c Collection, q Query) iter.Seq2[Doc, error]
	// Arrivals returns documents of an immutable collection in about the order in which they were stored, whatever their time
	// is: those behind a place, which is the Next of an earlier answer. An empty place gives no documents but the place of the
	// end. There is always a Next. A document may be given again, none is left out; when none is new, that is the end.
	Arrivals(ctx context.Context, tenant string, c Collection, after string, limit int) (Page, error)
	// Fields tells which fields were seen in recent documents.
	Fields(ctx context.Context, tenant string, c Collection) ([]FieldInfo, error)
	// Delete removes documents for good, by id, and returns how many there were.
	Delete(ctx context.Context, tenant string, c Collection, ids []string) (int, error)
	// DropBefore removes the documents of an immutable collection, of all tenants, that are older than t, and returns how many
	// there were. No other goes. An engine that keeps documents in parts, by the time of their arrival, removes whole parts: there
	// a document stays until everything of its part is older than t.
	DropBefore(ctx context.Context, c Collection, t time.Time) (int64, error)
	// Drop removes everything of a tenant.
	Drop(ctx context.Context, tenant string) error
	// Ping tells whether documents can be read and written now.
	Ping(ctx context.Context) error
	Close() error
}

// Interval is the width of a histogram's bars.
type Interval struct {
	Width time.Duration  // a divisor or a multiple of an hour; days and longer start at midnight of Zone
	Zone  *time.Location // nil for UTC
}

// Start returns the beginning of the interval that holds t.
func (i Interval) Start(t time.Time) time.Time {
	zone := i.Zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	if i.Width >= 24*time.Hour {
		days := int(i.Width / (24 * time.Hour))
		midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
		ordinal := int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix()/86400) + 3 // weeks begin on Monday
		return midnight.AddDate(0, 0, -((ordinal%days + days) % days))
	}
	_, offset := t.Zone()
	shift := time.Duration(offset) * time.Second
	return t.Add(shift).Truncate(i.Width).Add(-shift)
}
