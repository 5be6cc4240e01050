package storage

import (
	"context"
	"encoding/json"
	"time"
)

// Item is one piece of configuration: a source, a flow, a user, a token …
type Item struct {
	Tenant  string
	Kind    string // such as "source"
	ID      string // unique within tenant and kind
	Name    string
	Data    json.RawMessage // the typed content, as JSON
	Version int64           // counts the writes of this item, from 1. In a Put: the version that was read, 0 to create
	Created time.Time
	Updated time.Time
}

// Change tells that an item was written or deleted.
type Change struct {
	Revision int64
	Tenant   string
	Kind     string
	ID       string
	Deleted  bool
}

// Config keeps versioned configuration items and tells what changed.
type Config interface {
	// Get returns NotFound for an unknown id.
	Get(ctx context.Context, tenant, kind, id string) (Item, error)
	// List returns the items of a kind in the order of their names, then ids.
	List(ctx context.Context, tenant, kind string) ([]Item, error)
	// Put creates (Version 0) or replaces an item and returns it with its new version; Conflict unless Version is current.
	Put(ctx context.Context, item Item) (Item, error)
	// Delete removes an item; NotFound for an unknown id.
	Delete(ctx context.Context, tenant, kind, id string) error
	// Changes lists what happened after a revision, of all tenants, oldest first, and the newest revision.
	Changes(ctx context.Context, after int64) ([]Change, int64, error)
	// Tenants lists the tenants that have items.
	Tenants(ctx context.Context) ([]string, error)
	// Drop removes everything of a tenant.
	Drop(ctx context.Context, tenant string) error
	Ping(ctx context.Context) error
	Close() error
}
