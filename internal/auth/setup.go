package auth

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// setupLife is how long the link to the first sign-up works. A restart prints a new one.
const setupLife = 24 * time.Hour

// setup is a stored setup token. Its id is the beginning of its digest.
type setup struct {
	Digest  string    `json:"digest"`
	Expires time.Time `json:"expires"`
}

// NeedsSetup tells whether the tenant has no administrator yet.
func (g *Guard) NeedsSetup(ctx context.Context, tenant string) (bool, error) {
	has, err := g.hasAdmin(ctx, tenant, "")
	return !has, err
}

// SetupToken makes a token with which the first administrator can be created, once. It is empty when there is one already.
func (g *Guard) SetupToken(ctx context.Context, tenant string) (string, error) {
	if needed, err := g.NeedsSetup(ctx, tenant); err != nil || !needed {
		return "", err
	}
	secret := newSecret()
	sum := digest(secret)
	_, err := g.setups.Put(ctx, tenant, workspace.Entry[setup]{
		ID:    idOf(sum),
		Value: setup{Digest: sum, Expires: g.now().Add(setupLife).UTC()},
	})
	return secret, err
}

// Setup creates the first administrator. The token works once: after that, and when there is an administrator already, it is
// Forbidden.
func (g *Guard) Setup(ctx context.Context, tenant, secret, email, password, ip string) (User, error) {
	succeeded, err := g.attempt(ctx, tenant, "setup", ip)
	if err != nil {
		return User{}, err
	}
	g.admins.Lock()
	defer g.admins.Unlock()
	if err := g.checkSetup(ctx, tenant, secret); err != nil {
		return User{}, err
	}
	succeeded()
	if email, err = cleanEmail(email); err != nil {
		return User{}, err
	}
	if err := checkPassword(email, password); err != nil {
		return User{}, err
	}
	// Whoever takes the token away may go on, also when two processes try at the same time.
	if err := g.setups.Delete(ctx, tenant, idOf(digest(secret))); tracardi.KindOf(err) == tracardi.NotFound {
		return User{}, errSetup
	} else if err != nil {
		return User{}, err
	}
	user, err := g.CreateUser(ctx, tenant, NewUser{Email: email, Password: password, Role: Admin})
	if err != nil {
		return User{}, err
	}
	return user, remove(ctx, g.setups, tenant, func(*setup) bool { return true })
}

var errSetup = tracardi.Errorf(tracardi.Forbidden, "the setup link is not valid any more: restart the program and use the link that it prints")

func (g *Guard) checkSetup(ctx context.Context, tenant, secret string) error {
	needed, err := g.NeedsSetup(ctx, tenant)
	if err != nil {
		return err
	}
	if !needed {
		return tracardi.Errorf(tracardi.Forbidden, "the setup is done already: sign in")
	}
	sum := digest(secret)
	entry, err := g.setups.Get(ctx, tenant, idOf(sum))
	if tracardi.KindOf(err) == tracardi.NotFound || err == nil && (!same(entry.Value.Digest, sum) || !entry.Value.Expires.After(g.now())) {
		return errSetup
	}
	return err
}

// EnsureAdmin creates an administrator without hands when the tenant has none. Somebody who has an account of this address
// keeps it, with its password.
func (g *Guard) EnsureAdmin(ctx context.Context, tenant, email, password string) error {
	g.admins.Lock()
	defer g.admins.Unlock()
	if needed, err := g.NeedsSetup(ctx, tenant); err != nil || !needed {
		return err
	}
	_, err := g.CreateUser(ctx, tenant, NewUser{Email: email, Password: password, Role: Admin})
	if needed, again := g.NeedsSetup(ctx, tenant); again == nil && !needed {
		return nil // this process or another one has made it
	}
	return err
}
