package node

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// Env is the outside world as a node may reach it.
type Env interface {
	Network

	// Now is the time of the run. Tests turn it.
	Now() time.Time
	// Log notes a line beside the run and the event. Warnings and errors mark the event.
	Log(level slog.Level, message string)
	// Resource fills a struct with the settings of a resource, secrets included. An unknown one is NotFound.
	Resource(ctx context.Context, id string, into any) error
	// Values are small shared values of the tenant.
	Values() Values
	// Records reads what is stored. It does not see what the run has changed so far.
	Records() Records
}

// Network is the way to other systems. It refuses private networks unless the operator allows them, and bounds time and size.
type Network interface {
	// Client calls over HTTP.
	Client() *http.Client
	// Dial is for other protocols.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// Values are small values that all flows of a tenant share, such as counters and marks. They may be forgotten before their
// time, when memory is short.
type Values interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Set keeps a value; a ttl of 0 keeps it without limit.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Add adds to a counter and returns it; the first Add starts its time to live.
	Add(ctx context.Context, key string, n int64, ttl time.Duration) (int64, error)
	Delete(ctx context.Context, keys ...string) error
}

// Records reads documents of a collection: event, session, profile, entity. Get also reads an event source (source).
type Records interface {
	// Get returns a document, nil when there is none.
	Get(ctx context.Context, collection, id string) (map[string]any, error)
	// Search returns the newest documents that match, at most limit.
	Search(ctx context.Context, collection string, where *expr.Condition, limit int) ([]map[string]any, error)
	// Count counts the documents that match.
	Count(ctx context.Context, collection string, where *expr.Condition) (int64, error)
}
