package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// tokenPrefix makes tokens easy to recognise, for people and for programs that look for leaked secrets.
const tokenPrefix = "trc_"

// lastUsedInterval bounds how often the last use of a token is written down.
const lastUsedInterval = 10 * time.Minute

// Token is a bearer token for programs.
type Token struct {
	ID       string
	Name     string
	Role     Role
	Scopes   []string  // what it is limited to, such as "events:read"; empty for everything that the role may do
	Hint     string    // its first characters, to tell tokens apart
	Maker    string    // id of the user or token that made it
	Expires  time.Time // zero for never
	LastUsed time.Time // to about ten minutes; zero for never
	Created  time.Time
}

// token is the stored form. Its id is the beginning of its digest.
type token struct {
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Scopes   []string  `json:"scopes,omitempty"`
	Hint     string    `json:"hint"`
	Maker    string    `json:"maker"`
	Owner    string    `json:"owner,omitempty"` // id of the user whose token it is, made by themselves or by a token of theirs
	Digest   string    `json:"digest"`
	Expires  time.Time `json:"expires,omitzero"`
	LastUsed time.Time `json:"last_used,omitzero"`
}

func (t *token) expired(now time.Time) bool { return !t.Expires.IsZero() && !t.Expires.After(now) }

func tokenOf(entry workspace.Entry[token]) Token {
	t := entry.Value
	return Token{
		ID: entry.ID, Name: t.Name, Role: t.Role, Scopes: t.Scopes, Hint: t.Hint, Maker: t.Maker,
		Expires: t.Expires, LastUsed: t.LastUsed, Created: entry.Created,
	}
}

// NewToken is what a token is made of.
type NewToken struct {
	Name    string
	Role    Role
	Scopes  []string
	Expires time.Time // zero for never
}

// CreateToken makes a token and returns its secret, which is never shown again. Nobody can hand out more than they may do
// themselves, nor for longer: that is Forbidden.
func (g *Guard) CreateToken(ctx context.Context, actor *Actor, wanted NewToken) (secret string, made Token, err error) {
	if err := checkRole(wanted.Role); err != nil {
		return "", Token{}, err
	}
	if err := checkScopes(wanted.Scopes); err != nil {
		return "", Token{}, err
	}
	if !wanted.Expires.IsZero() && !wanted.Expires.After(g.now()) {
		return "", Token{}, tracardi.InvalidField("expires", "is in the past")
	}
	beyond := func(scope string) bool { return !actor.Has(scope) }
	switch {
	case !actor.Role.MayGrant(wanted.Role):
		return "", Token{}, &tracardi.Error{
			Kind: tracardi.Forbidden, Field: "role",
			Message: "you cannot hand out a role that you do not have",
		}
	case actor.Scopes != nil && (len(wanted.Scopes) == 0 || slices.ContainsFunc(wanted.Scopes, beyond)):
		return "", Token{}, &tracardi.Error{
			Kind: tracardi.Forbidden, Field: "scopes",
			Message: "you cannot hand out more than you may do: " + strings.Join(actor.Scopes, ", "),
		}
	case !actor.expires.IsZero() && (wanted.Expires.IsZero() || wanted.Expires.After(actor.expires)):
		return "", Token{}, &tracardi.Error{
			Kind: tracardi.Forbidden, Field: "expires",
			Message: "you cannot hand out a token that outlives your own, which ends at " + actor.expires.UTC().Format(time.RFC3339),
		}
	}
	secret = tokenPrefix + newSecret()
	sum := digest(secret)
	entry, err := g.tokens.Put(ctx, actor.Tenant, workspace.Entry[token]{ID: idOf(sum), Name: wanted.Name, Value: token{
		Name: wanted.Name, Role: wanted.Role, Scopes: wanted.Scopes, Hint: secret[:len(tokenPrefix)+4] + "…",
		Maker: actor.ID, Owner: actor.owner, Digest: sum, Expires: wanted.Expires,
	}})
	if err != nil {
		return "", Token{}, err
	}
	g.log.Info("token made", "tenant", actor.Tenant, "token", entry.ID, "role", wanted.Role, "by", actor.ID)
	return secret, tokenOf(entry), nil
}

// Tokens lists the tokens by name, without their secrets.
func (g *Guard) Tokens(ctx context.Context, tenant string) ([]Token, error) {
	entries, err := g.tokens.List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	tokens := make([]Token, len(entries))
	for i, entry := range entries {
		tokens[i] = tokenOf(entry)
	}
	return tokens, nil
}

// DeleteToken ends a token and those that were made with it; NotFound when there is none of this id. Only administrators end
// tokens whose role is above their own: others get Forbidden.
func (g *Guard) DeleteToken(ctx context.Context, actor *Actor, id string) error {
	entry, err := g.tokens.Get(ctx, actor.Tenant, id)
	if err != nil {
		return err
	}
	if !actor.Role.MayGrant(entry.Value.Role) {
		return tracardi.Errorf(tracardi.Forbidden, "you cannot delete a token with a role that you do not have")
	}
	tokens, err := g.tokens.List(ctx, actor.Tenant)
	if err != nil {
		return err
	}
	g.log.Info("token deleted", "tenant", actor.Tenant, "token", id, "by", actor.ID)
	return g.dropToken(ctx, actor.Tenant, id, tokens)
}

// dropToken removes a token after those that were made with it, so that what breaks off can be repeated.
func (g *Guard) dropToken(ctx context.Context, tenant, id string, tokens []workspace.Entry[token]) error {
	for _, entry := range tokens {
		if entry.Value.Maker == id {
			if err := g.dropToken(ctx, tenant, entry.ID, tokens); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
				return err
			}
		}
	}
	return g.tokens.Delete(ctx, tenant, id)
}

// endTokens removes the tokens of a user that fit.
func (g *Guard) endTokens(ctx context.Context, tenant, user string, fits func(*token) bool) error {
	return remove(ctx, g.tokens, tenant, func(t *token) bool { return t.Owner == user && fits(t) })
}

// stands tells whether the user whose token it is may still do what it may. It holds from the moment at which a user is changed,
// also when the removal of the tokens breaks off.
func (g *Guard) stands(ctx context.Context, tenant string, t *token) (bool, error) {
	if t.Owner == "" { // made with the administrator's token of the settings
		return true, nil
	}
	owner, err := g.users.Get(ctx, tenant, t.Owner)
	if err != nil && tracardi.KindOf(err) == tracardi.NotFound {
		return false, nil
	}
	return err == nil && !owner.Value.Disabled && owner.Value.Role.MayGrant(t.Role), err
}

var errToken = tracardi.Errorf(tracardi.Unauthenticated, "the token is unknown or has expired: ask an administrator for a new one")

// bearer tells who has a token.
func (g *Guard) bearer(ctx context.Context, tenant, secret string) (*Actor, error) {
	if g.static != nil {
		if sum := sha256.Sum256([]byte(secret)); subtle.ConstantTimeCompare(sum[:], g.static[:]) == 1 {
			return &Actor{ID: "admin-token", Name: "TRACARDI_ADMIN_TOKEN", Role: Admin, Tenant: tenant}, nil
		}
	}
	if !strings.HasPrefix(secret, tokenPrefix) {
		return nil, errToken
	}
	sum := digest(secret)
	entry, err := g.tokens.Get(ctx, tenant, idOf(sum))
	now := g.now()
	switch {
	case tracardi.KindOf(err) == tracardi.NotFound, err == nil && !same(entry.Value.Digest, sum):
		return nil, errToken
	case err != nil:
		return nil, err
	case entry.Value.expired(now):
		if err := g.tokens.Delete(ctx, tenant, entry.ID); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
			return nil, err
		}
		return nil, errToken
	}
	if stands, err := g.stands(ctx, tenant, &entry.Value); err != nil {
		return nil, err
	} else if !stands {
		return nil, errToken
	}
	if now.Sub(entry.Value.LastUsed) >= lastUsedInterval {
		entry.Value.LastUsed = now.UTC()
		// A Conflict means that another request wrote it down, or that the token was deleted a moment ago.
		if _, err := g.tokens.Put(ctx, tenant, entry); err != nil && tracardi.KindOf(err) != tracardi.Conflict {
			return nil, err
		}
	}
	return &Actor{
		ID: entry.ID, Name: entry.Value.Name, Role: entry.Value.Role, Tenant: tenant, Scopes: nilIfEmpty(entry.Value.Scopes),
		owner: entry.Value.Owner, expires: entry.Value.Expires,
	}, nil
}

func nilIfEmpty(scopes []string) []string {
	if len(scopes) == 0 {
		return nil
	}
	return scopes
}
