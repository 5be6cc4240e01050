package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// Guard answers who asks, and keeps the accounts, sessions and tokens of all tenants. Methods may be called concurrently and
// give *tracardi.Error.
type Guard struct {
	cache  storage.Cache
	config storage.Config
	log    *slog.Logger
	now    func() time.Time
	https  bool

	users    workspace.Kind[account]
	sessions workspace.Kind[session]
	tokens   workspace.Kind[token]
	setups   workspace.Kind[setup]

	static  *[sha256.Size]byte // digest of the administrator's token from the settings; nil if there is none
	hashing chan struct{}
	admins  sync.Mutex // held while the number of administrators is looked at and changed
}

// Options is what a Guard needs.
type Options struct {
	Config storage.Config
	Cache  storage.Cache // counts attempts to sign in
	Log    *slog.Logger
	Now    func() time.Time // nil for the clock
	HTTPS  bool             // people reach the program over HTTPS: cookies never travel without

	// AdminToken is a bearer token with the role admin that is not stored; empty for none.
	AdminToken string
}

const minAdminToken = 16

// New makes a Guard. An administrator's token that is too short is Invalid.
func New(o Options) (*Guard, error) {
	g := &Guard{
		cache: o.Cache, config: o.Config, log: o.Log, now: o.Now, https: o.HTTPS,
		users:    workspace.NewKind[account](o.Config, "user"),
		sessions: workspace.NewKind[session](o.Config, "session"),
		tokens:   workspace.NewKind[token](o.Config, "token"),
		setups:   workspace.NewKind[setup](o.Config, "setup"),
		hashing:  make(chan struct{}, hashesAtOnce),
	}
	if g.now == nil {
		g.now = time.Now
	}
	if o.AdminToken != "" {
		if len(o.AdminToken) < minAdminToken {
			return nil, tracardi.InvalidField("TRACARDI_ADMIN_TOKEN",
				"has %d characters: use at least %d random ones, for example from: openssl rand -hex 32", len(o.AdminToken), minAdminToken)
		}
		sum := sha256.Sum256([]byte(o.AdminToken))
		g.static = &sum
	}
	return g, nil
}

// Identify tells who sent a request, from its bearer token or, without one, from its session cookie. A session that is in use
// lives on, and then the answer sets its cookie anew; with a nil w it does not. Without valid credentials it is Unauthenticated.
func (g *Guard) Identify(w http.ResponseWriter, r *http.Request, tenant string) (*Actor, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "bearer") {
			return nil, tracardi.Errorf(tracardi.Unauthenticated, "the Authorization header must read: Bearer <token>")
		}
		return g.bearer(r.Context(), tenant, strings.TrimSpace(secret))
	}
	if cookie, err := r.Cookie(CookieName); err == nil {
		return g.visitor(w, r, tenant, cookie.Value)
	}
	return nil, tracardi.Errorf(tracardi.Unauthenticated, "sign in, or send a token in the header Authorization: Bearer <token>")
}

// sweepInterval is how often what expired is removed.
const sweepInterval = time.Hour

// Run removes expired sessions, tokens and setup links until ctx ends, and returns nil then.
func (g *Guard) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		if err := g.Sweep(ctx); err != nil && ctx.Err() == nil {
			g.log.Error("cannot remove expired sessions and tokens; trying again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep removes the expired sessions, tokens and setup links of all tenants.
func (g *Guard) Sweep(ctx context.Context) error {
	tenants, err := g.config.Tenants(ctx)
	if err != nil {
		return err
	}
	now := g.now()
	for _, tenant := range tenants {
		err = errors.Join(err,
			remove(ctx, g.sessions, tenant, func(s *session) bool { return !s.Expires.After(now) }),
			remove(ctx, g.tokens, tenant, func(t *token) bool { return t.expired(now) }),
			remove(ctx, g.setups, tenant, func(s *setup) bool { return !s.Expires.After(now) }))
	}
	return err
}

// remove deletes the items of a kind that fit.
func remove[T any](ctx context.Context, kind workspace.Kind[T], tenant string, fits func(*T) bool) error {
	entries, err := kind.List(ctx, tenant)
	if err != nil {
		return err
	}
	for i := range entries {
		if fits(&entries[i].Value) {
			if err := kind.Delete(ctx, tenant, entries[i].ID); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
				return err
			}
		}
	}
	return nil
}
