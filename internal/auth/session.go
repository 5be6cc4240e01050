package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// CookieName is the name of the cookie that carries a session.
const CookieName = "tracardi_session"

// How long sessions live: for a while after the last request, and never longer than the longest time. The end is written down
// at most once an interval, not with each request.
const (
	sessionLife    = 12 * time.Hour
	sessionLongest = 30 * 24 * time.Hour
	sessionRenewal = 15 * time.Minute
)

// session is a stored session. Its id is the beginning of the digest of its secret.
type session struct {
	User    string    `json:"user"`
	Digest  string    `json:"digest"`
	Expires time.Time `json:"expires"`
}

var errCredentials = tracardi.Errorf(tracardi.Unauthenticated, "the e-mail address or the password is wrong")

var errSession = tracardi.Errorf(tracardi.Unauthenticated, "your session is over: sign in again")

// Login checks a password and starts a session. It returns the session's secret for the cookie. Whether the account is
// unknown, disabled or the password wrong is not told: all are Unauthenticated. Too many attempts are RateLimited.
func (g *Guard) Login(ctx context.Context, tenant, email, password, ip string) (secret string, user User, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	succeeded, err := g.attempt(ctx, tenant, email, ip)
	if err != nil {
		return "", User{}, err
	}
	entry, err := g.users.Get(ctx, tenant, userID(email))
	if err != nil && tracardi.KindOf(err) != tracardi.NotFound {
		return "", User{}, err
	}
	ok, err := g.matches(ctx, password, entry.Value.Hash)
	if err != nil {
		return "", User{}, err
	}
	if !ok || entry.Value.Disabled {
		g.log.Warn("sign-in refused", "tenant", tenant, "user", userID(email), "ip", ip)
		return "", User{}, errCredentials
	}
	succeeded()
	if secret, err = g.startSession(ctx, tenant, entry.ID); err != nil {
		return "", User{}, err
	}
	entry.Value.LastLogin = g.now().UTC()
	stored, err := g.users.Put(ctx, tenant, entry)
	if tracardi.KindOf(err) == tracardi.Conflict {
		stored, err = g.sameAccount(ctx, tenant, entry)
	}
	if err != nil {
		return "", User{}, errors.Join(err, g.Logout(ctx, tenant, secret))
	}
	entry = stored
	g.log.Info("signed in", "tenant", tenant, "user", entry.ID, "ip", ip)
	return secret, userOf(entry), nil
}

// sameAccount returns an account that was changed during a sign-in. The sessions of a user have ended when the password changed;
// a sign-in with the one before must not begin another.
func (g *Guard) sameAccount(ctx context.Context, tenant string, seen workspace.Entry[account]) (workspace.Entry[account], error) {
	now, err := g.users.Get(ctx, tenant, seen.ID)
	if err == nil && now.Value.Hash == seen.Value.Hash && !now.Value.Disabled {
		return now, nil
	}
	if err == nil || tracardi.KindOf(err) == tracardi.NotFound {
		err = errCredentials
	}
	return now, err
}

func (g *Guard) startSession(ctx context.Context, tenant, user string) (secret string, err error) {
	secret = newSecret()
	sum := digest(secret)
	_, err = g.sessions.Put(ctx, tenant, workspace.Entry[session]{
		ID: idOf(sum), Name: user,
		Value: session{User: user, Digest: sum, Expires: g.now().Add(sessionLife).UTC()},
	})
	return secret, err
}

// visitor tells who has a session.
func (g *Guard) visitor(w http.ResponseWriter, r *http.Request, tenant, secret string) (*Actor, error) {
	ctx := r.Context()
	entry, err := g.findSession(ctx, tenant, secret)
	if err != nil {
		return nil, err
	}
	user, err := g.users.Get(ctx, tenant, entry.Value.User)
	if tracardi.KindOf(err) == tracardi.NotFound || err == nil && user.Value.Disabled {
		return nil, errSession
	}
	if err != nil {
		return nil, err
	}
	if w != nil {
		if err := g.renew(w, r, tenant, entry, secret); err != nil {
			return nil, err
		}
	}
	return &Actor{
		ID: user.ID, Email: user.Value.Email, Name: user.Value.Name, Role: user.Value.Role, Tenant: tenant,
		user: true, session: entry.ID, owner: user.ID,
	}, nil
}

func (g *Guard) findSession(ctx context.Context, tenant, secret string) (workspace.Entry[session], error) {
	sum := digest(secret)
	entry, err := g.sessions.Get(ctx, tenant, idOf(sum))
	switch {
	case tracardi.KindOf(err) == tracardi.NotFound, err == nil && !same(entry.Value.Digest, sum):
		return entry, errSession
	case err != nil:
		return entry, err
	case !entry.Value.Expires.After(g.now()):
		if err := g.sessions.Delete(ctx, tenant, entry.ID); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
			return entry, err
		}
		return entry, errSession
	}
	return entry, nil
}

// renew moves the end of a session that is in use. When another request does so at the same time, that is enough; when the
// session was ended meanwhile, it stays so.
func (g *Guard) renew(w http.ResponseWriter, r *http.Request, tenant string, entry workspace.Entry[session], secret string) error {
	expires := g.now().Add(sessionLife)
	if last := entry.Created.Add(sessionLongest); expires.After(last) {
		expires = last
	}
	if expires.Sub(entry.Value.Expires) < sessionRenewal {
		return nil
	}
	entry.Value.Expires = expires.UTC()
	_, err := g.sessions.Put(r.Context(), tenant, entry)
	if tracardi.KindOf(err) == tracardi.Conflict {
		return nil
	}
	if err == nil {
		http.SetCookie(w, g.Cookie(r, secret))
	}
	return err
}

// Logout ends the session with this secret; one that is over already is no error.
func (g *Guard) Logout(ctx context.Context, tenant, secret string) error {
	entry, err := g.findSession(ctx, tenant, secret)
	if err == nil {
		err = g.sessions.Delete(ctx, tenant, entry.ID)
	}
	if kind := tracardi.KindOf(err); kind == tracardi.Unauthenticated || kind == tracardi.NotFound {
		return nil
	}
	return err
}

// LogoutEverywhere ends all sessions of the user.
func (g *Guard) LogoutEverywhere(ctx context.Context, actor *Actor) error {
	if !actor.IsUser() {
		return tracardi.Errorf(tracardi.Forbidden, "a token has no sessions: delete the token instead")
	}
	return g.endSessions(ctx, actor.Tenant, actor.ID, "")
}

// endSessions ends the sessions of a user but one.
func (g *Guard) endSessions(ctx context.Context, tenant, user, except string) error {
	kept := ""
	if except != "" {
		entry, err := g.sessions.Get(ctx, tenant, except)
		if err == nil {
			kept = entry.Value.Digest
		} else if tracardi.KindOf(err) != tracardi.NotFound {
			return err
		}
	}
	return remove(ctx, g.sessions, tenant, func(s *session) bool { return s.User == user && s.Digest != kept })
}

// Cookie makes the cookie of a session for the sender of a request. An empty secret makes the one that removes it. Scripts do
// not see it, other sites do not send it, and when people come over HTTPS it never travels without.
func (g *Guard) Cookie(r *http.Request, secret string) *http.Cookie {
	cookie := &http.Cookie{
		Name: CookieName, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: g.https || r.TLS != nil || behindHTTPS(r), MaxAge: int(sessionLife / time.Second),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// behindHTTPS believes the proxy before us. A client that lies about it only makes its own cookie stricter.
func behindHTTPS(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}
