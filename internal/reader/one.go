package reader

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Pauses before a reader that ended is started again: they double, and begin anew once it reads.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// State tells how a reader does.
type State struct {
	Tenant, Source, Kind string
	Connected            bool
	Error                string    // the last one, since it is not connected
	Messages             int64     // accepted since the reader began
	Unread               int64     // of these, put aside
	Last                 time.Time // when the last message came; zero for never
}

// reader reads for one source.
type reader struct {
	options  *Options
	kind     *bridge.Kind
	settings json.RawMessage
	mark     string
	stop     context.CancelFunc
	done     chan struct{}

	mu    sync.Mutex
	state State
	tries int    // that failed one after the other
	told  string // the error that the log has, since all was well
	begun bool   // it was connected once
	early bool   // the last try ended before it was connected
}

func newReader(o *Options, at place, kind *bridge.Kind, source *tracardi.Source, snapshot *workspace.Snapshot) *reader {
	settings, err := json.Marshal(source.Bridge)
	if err != nil {
		settings = nil // it comes from JSON
	}
	return &reader{
		options: o, kind: kind, settings: settings, mark: mark(kind, settings, snapshot), done: make(chan struct{}),
		state: State{Tenant: at.tenant, Source: at.source, Kind: kind.ID},
	}
}

func (r *reader) snapshot() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// start begins to read until stop, or the end of ctx.
func (r *reader) start(ctx context.Context) {
	ctx, r.stop = context.WithCancel(ctx)
	go func() {
		defer close(r.done)
		for {
			err := r.read(ctx)
			if ctx.Err() != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(r.failed(err)):
			}
		}
	}()
}

func (r *reader) read(ctx context.Context) error {
	reads, err := r.kind.Configure(r.settings)
	if err != nil {
		return tracardi.Under("bridge", err)
	}
	tenant := r.state.Tenant
	return reads.Run(ctx, &bridge.Host{
		Consumer: "tracardi-" + tenant + "-" + r.state.Source, Network: r.options.Network, Connected: r.connected, Take: r.take,
		Resource: func(ctx context.Context, id string, into any) error { return r.options.Resource(ctx, tenant, id, into) },
	})
}

// connected is the host's. One that connects and fails each time is well only when it takes something.
func (r *reader) connected() {
	r.mu.Lock()
	r.state.Connected = true
	fine := r.early || r.told == ""
	r.mu.Unlock()
	if fine {
		r.fine()
	}
}

// fine notes that all is well.
func (r *reader) fine() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun || r.told != "" {
		r.options.Log.Info("bridge: reading", r.names()...)
	}
	r.begun, r.tries, r.told, r.state.Error = true, 0, "", ""
}

// failed notes why the reader ended and returns how long it rests.
func (r *reader) failed(err error) time.Duration {
	text := "it ended without saying why"
	if err != nil {
		text = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	pause := min(firstPause<<min(r.tries, 10), longestPause)
	r.tries++
	r.early = !r.state.Connected
	r.state.Connected, r.state.Error = false, text
	if r.told != text {
		r.told = text
		r.options.Log.Error("bridge: not reading; it is tried again and again, and nothing is lost meanwhile", append(r.names(), "error", text)...)
	}
	return pause
}

func (r *reader) names() []any {
	return []any{"tenant", r.state.Tenant, "source", r.state.Source, "kind", r.kind.ID} // these never change
}

// take is the host's.
func (r *reader) take(ctx context.Context, messages ...bridge.Message) error {
	if len(messages) == 0 {
		return nil
	}
	unread, err := r.options.Deliver(ctx, r.state.Tenant, r.state.Source, r.kind.ID, messages)
	if err != nil {
		return err
	}
	r.fine()
	r.mu.Lock()
	first := r.state.Unread == 0 && unread > 0
	r.state.Messages += int64(len(messages))
	r.state.Unread += int64(unread)
	r.state.Last = time.Now()
	r.mu.Unlock()
	if first {
		r.options.Log.Warn("bridge: messages that cannot be read are put aside; the dead letters of the topic unread say why", r.names()...)
	}
	return nil
}
