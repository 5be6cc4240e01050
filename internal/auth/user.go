package auth

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// User is a person with an account.
type User struct {
	ID        string
	Email     string // in lower case; never changes
	Name      string
	Role      Role
	Disabled  bool
	LastLogin time.Time // zero when never signed in
	Created   time.Time
	Updated   time.Time
}

// account is the stored form of a user.
type account struct {
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Role      Role      `json:"role"`
	Disabled  bool      `json:"disabled,omitempty"`
	Hash      string    `json:"hash"`
	LastLogin time.Time `json:"last_login,omitzero"`
}

// NewUser is what a user is made of.
type NewUser struct {
	Email, Name, Password string
	Role                  Role
}

// UserChange holds what becomes of a user; nil fields stay.
type UserChange struct {
	Name     *string
	Role     *Role
	Disabled *bool
	Password *string
}

// userID follows from the e-mail address, so that there is one account for each, whoever creates it at the same moment.
func userID(email string) string { return digest("user " + email)[:20] }

func userOf(entry workspace.Entry[account]) User {
	a := entry.Value
	return User{
		ID: entry.ID, Email: a.Email, Name: a.Name, Role: a.Role, Disabled: a.Disabled, LastLogin: a.LastLogin,
		Created: entry.Created, Updated: entry.Updated,
	}
}

const maxEmail = 254 // longer ones cannot be delivered

// cleanEmail returns the form in which addresses are stored and compared.
func cleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > maxEmail {
		return "", tracardi.InvalidField("email", "is not an e-mail address such as ann@example.com")
	}
	return email, nil
}

// Users lists the users by e-mail address.
func (g *Guard) Users(ctx context.Context, tenant string) ([]User, error) {
	entries, err := g.users.List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	users := make([]User, len(entries))
	for i, entry := range entries {
		users[i] = userOf(entry)
	}
	return users, nil
}

// User returns one user; NotFound when there is none of this id.
func (g *Guard) User(ctx context.Context, tenant, id string) (User, error) {
	entry, err := g.users.Get(ctx, tenant, id)
	if err != nil {
		return User{}, err
	}
	return userOf(entry), nil
}

// CreateUser adds a user. A weak password, a wrong address and an unknown role are Invalid, a taken address is a Conflict.
func (g *Guard) CreateUser(ctx context.Context, tenant string, user NewUser) (User, error) {
	email, err := cleanEmail(user.Email)
	if err != nil {
		return User{}, err
	}
	if err := checkRole(user.Role); err != nil {
		return User{}, err
	}
	if err := checkPassword(email, user.Password); err != nil {
		return User{}, err
	}
	hash, err := g.hash(ctx, user.Password)
	if err != nil {
		return User{}, err
	}
	entry, err := g.users.Put(ctx, tenant, workspace.Entry[account]{
		ID: userID(email), Name: email,
		Value: account{Email: email, Name: strings.TrimSpace(user.Name), Role: user.Role, Hash: hash},
	})
	if tracardi.KindOf(err) == tracardi.Conflict {
		return User{}, &tracardi.Error{Kind: tracardi.Conflict, Field: "email", Message: "there is a user with this address already"}
	}
	if err != nil {
		return User{}, err
	}
	g.log.Info("user created", "tenant", tenant, "user", entry.ID, "role", user.Role)
	return userOf(entry), nil
}

// UpdateUser changes a user. The last administrator stays one: anything else is a Conflict. A new password ends the user's
// sessions; the loss of a role ends the tokens that the user made with it.
func (g *Guard) UpdateUser(ctx context.Context, tenant, id string, change UserChange) (User, error) {
	g.admins.Lock()
	defer g.admins.Unlock()
	entry, err := g.users.Get(ctx, tenant, id)
	if err != nil {
		return User{}, err
	}
	was, next := entry.Value, &entry.Value
	if change.Name != nil {
		next.Name = strings.TrimSpace(*change.Name)
	}
	if change.Role != nil {
		next.Role = *change.Role
	}
	if change.Disabled != nil {
		next.Disabled = *change.Disabled
	}
	if err := checkRole(next.Role); err != nil {
		return User{}, err
	}
	if was.isAdmin() && !next.isAdmin() {
		if err := g.keepAdmin(ctx, tenant, id); err != nil {
			return User{}, err
		}
	}
	if change.Password != nil {
		if err := checkPassword(next.Email, *change.Password); err != nil {
			return User{}, err
		}
		if next.Hash, err = g.hash(ctx, *change.Password); err != nil {
			return User{}, err
		}
	}
	if entry, err = g.users.Put(ctx, tenant, entry); err != nil {
		return User{}, err
	}
	g.log.Info("user changed", "tenant", tenant, "user", id, "role", next.Role, "disabled", next.Disabled)
	if change.Password != nil || next.Disabled {
		if err := g.endSessions(ctx, tenant, id, ""); err != nil {
			return User{}, err
		}
	}
	return userOf(entry), g.endTokens(ctx, tenant, id, func(t *token) bool { return next.Disabled || !next.Role.MayGrant(t.Role) })
}

// DeleteUser removes a user with all sessions and tokens; Conflict for the last administrator.
func (g *Guard) DeleteUser(ctx context.Context, tenant, id string) error {
	g.admins.Lock()
	defer g.admins.Unlock()
	entry, err := g.users.Get(ctx, tenant, id)
	if err != nil {
		return err
	}
	if entry.Value.isAdmin() {
		if err := g.keepAdmin(ctx, tenant, id); err != nil {
			return err
		}
	}
	if err := g.users.Delete(ctx, tenant, id); err != nil {
		return err
	}
	g.log.Info("user deleted", "tenant", tenant, "user", id)
	if err := g.endSessions(ctx, tenant, id, ""); err != nil {
		return err
	}
	return g.endTokens(ctx, tenant, id, func(*token) bool { return true })
}

// ChangePassword lets a user choose a new password; the present one is asked for. Other sessions of the user end.
func (g *Guard) ChangePassword(ctx context.Context, actor *Actor, ip, current, password string) error {
	if !actor.IsUser() {
		return tracardi.Errorf(tracardi.Forbidden, "a token has no password: sign in to change yours")
	}
	succeeded, err := g.attempt(ctx, actor.Tenant, actor.Email, ip)
	if err != nil {
		return err
	}
	entry, err := g.users.Get(ctx, actor.Tenant, actor.ID)
	if err != nil {
		return err
	}
	ok, err := g.matches(ctx, current, entry.Value.Hash)
	if err != nil {
		return err
	}
	if !ok {
		return tracardi.InvalidField("current", "is not your present password")
	}
	succeeded()
	if err := checkPassword(entry.Value.Email, password); err != nil {
		return err
	}
	if entry.Value.Hash, err = g.hash(ctx, password); err != nil {
		return err
	}
	if _, err := g.users.Put(ctx, actor.Tenant, entry); err != nil {
		return err
	}
	g.log.Info("password changed", "tenant", actor.Tenant, "user", actor.ID)
	return g.endSessions(ctx, actor.Tenant, actor.ID, actor.session)
}

func (a *account) isAdmin() bool { return a.Role == Admin && !a.Disabled }

// keepAdmin is a Conflict when nobody but the given user is an administrator.
func (g *Guard) keepAdmin(ctx context.Context, tenant, id string) error {
	others, err := g.hasAdmin(ctx, tenant, id)
	if err != nil || others {
		return err
	}
	return tracardi.Errorf(tracardi.Conflict, "this is the last administrator: make somebody else one first")
}

// hasAdmin tells whether somebody other than the given user is an administrator.
func (g *Guard) hasAdmin(ctx context.Context, tenant, except string) (bool, error) {
	entries, err := g.users.List(ctx, tenant)
	return slices.ContainsFunc(entries, func(e workspace.Entry[account]) bool {
		return e.ID != except && e.Value.isAdmin()
	}), err
}
