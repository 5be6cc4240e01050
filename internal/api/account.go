package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
)

// Me is who is signed in.
type Me struct {
	ID     string    `json:"id"`
	Email  string    `json:"email,omitempty" doc:"Left out for tokens."`
	Name   string    `json:"name,omitempty"`
	Role   auth.Role `json:"role" enum:"admin,developer,marketer,viewer"`
	Tenant string    `json:"tenant"`
	Scopes []string  `json:"scopes,omitempty" nullable:"false" doc:"What a token is limited to."`
	User   bool      `json:"user" doc:"A person, not a token."`
	Sees   bool      `json:"personal_data" doc:"Sees personal data. Who does not gets dots in its place, and may not search by it."`
}

// Credentials prove who somebody is.
type Credentials struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"1024" writeOnly:"true"`
}

// FirstAdmin is what the setup needs.
type FirstAdmin struct {
	Token string `json:"token" maxLength:"200" doc:"From the link that the program printed."`
	Credentials
}

// SetupState tells how far the setup is.
type SetupState struct {
	Needed bool `json:"needed" doc:"There is no administrator yet: open the link that the program printed."`
}

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *server) setupState(ctx context.Context, _ *struct{}) (*struct{ Body SetupState }, error) {
	needed, err := s.guard.NeedsSetup(ctx, of(ctx).tenant)
	return &struct{ Body SetupState }{SetupState{needed}}, err
}

func (s *server) setUp(ctx context.Context, in *struct{ Body FirstAdmin }) (*signedIn, error) {
	r := of(ctx)
	if _, err := s.guard.Setup(ctx, r.tenant, in.Body.Token, in.Body.Email, in.Body.Password, r.ip()); err != nil {
		return nil, err
	}
	return s.signIn(ctx, in.Body.Credentials)
}

func (s *server) login(ctx context.Context, in *struct{ Body Credentials }) (*signedIn, error) {
	return s.signIn(ctx, in.Body)
}

func (s *server) signIn(ctx context.Context, who Credentials) (*signedIn, error) {
	r := of(ctx)
	secret, user, err := s.guard.Login(ctx, r.tenant, who.Email, who.Password, r.ip())
	if err != nil {
		return nil, err
	}
	return &signedIn{
		SetCookie: *s.guard.Cookie(r.http, secret),
		Body: Me{
			ID: user.ID, Email: user.Email, Name: user.Name, Role: user.Role, Tenant: r.tenant, User: true,
			Sees: s.seesPersonal(r.tenant, &auth.Actor{Role: user.Role}),
		},
	}, nil
}

// logout needs no valid session, so that a browser can always get rid of its cookie.
func (s *server) logout(ctx context.Context, in *struct {
	Session string `cookie:"tracardi_session" hidden:"true"`
},
) (*signedOut, error) {
	r := of(ctx)
	if in.Session != "" {
		if err := s.guard.Logout(ctx, r.tenant, in.Session); err != nil {
			return nil, err
		}
	}
	return &signedOut{SetCookie: *s.guard.Cookie(r.http, "")}, nil
}

func (s *server) logoutEverywhere(ctx context.Context, _ *struct{}) (*signedOut, error) {
	r := of(ctx)
	if err := s.guard.LogoutEverywhere(ctx, r.actor); err != nil {
		return nil, err
	}
	return &signedOut{SetCookie: *s.guard.Cookie(r.http, "")}, nil
}

func (s *server) me(ctx context.Context, _ *struct{}) (*struct{ Body Me }, error) {
	a := of(ctx).actor
	return &struct{ Body Me }{Me{
		ID: a.ID, Email: a.Email, Name: a.Name, Role: a.Role, Tenant: a.Tenant, Scopes: a.Scopes, User: a.IsUser(), Sees: !of(ctx).masked,
	}}, nil
}

// PasswordChange is a new password with the proof that its owner asks.
type PasswordChange struct {
	Current  string `json:"current" maxLength:"1024" writeOnly:"true"`
	Password string `json:"password" maxLength:"1024" writeOnly:"true" doc:"The new one: ten characters or more. Your other sessions end."`
}

func (s *server) changePassword(ctx context.Context, in *struct{ Body PasswordChange }) (*struct{}, error) {
	r := of(ctx)
	return nil, s.guard.ChangePassword(ctx, r.actor, r.ip(), in.Body.Current, in.Body.Password)
}

// User is a person with an account.
type User struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Name      string     `json:"name,omitempty"`
	Role      auth.Role  `json:"role" enum:"admin,developer,marketer,viewer"`
	Disabled  bool       `json:"disabled"`
	LastLogin *time.Time `json:"last_login,omitempty"`
	Created   time.Time  `json:"created"`
	Updated   time.Time  `json:"updated"`
}

func userOf(u auth.User) User {
	return User{u.ID, u.Email, u.Name, u.Role, u.Disabled, timeOrNil(u.LastLogin), u.Created, u.Updated}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// NewUser is what a user is made of.
type NewUser struct {
	Email    string    `json:"email" maxLength:"254" doc:"Cannot be changed later."`
	Name     string    `json:"name,omitempty" maxLength:"200"`
	Role     auth.Role `json:"role" enum:"admin,developer,marketer,viewer"`
	Password string    `json:"password" maxLength:"1024" writeOnly:"true" doc:"Ten characters or more. The user can change it."`
}

// UserChange holds what becomes of a user; what is left out stays.
type UserChange struct {
	Name     *string    `json:"name,omitempty" maxLength:"200"`
	Role     *auth.Role `json:"role,omitempty" enum:"admin,developer,marketer,viewer"`
	Disabled *bool      `json:"disabled,omitempty"`
	Password *string    `json:"password,omitempty" maxLength:"1024" writeOnly:"true" doc:"A new one. All sessions of the user end."`
}

// byID is the input of a route for one thing.
type byID struct {
	ID string `path:"id" maxLength:"512"`
}

func (s *server) listUsers(ctx context.Context, _ *struct{}) (*listOutput[User], error) {
	users, err := s.guard.Users(ctx, of(ctx).tenant)
	return listOf(users, userOf), err
}

func (s *server) getUser(ctx context.Context, in *byID) (*struct{ Body User }, error) {
	user, err := s.guard.User(ctx, of(ctx).tenant, in.ID)
	return &struct{ Body User }{userOf(user)}, err
}

func (s *server) createUser(ctx context.Context, in *struct{ Body NewUser }) (*struct{ Body User }, error) {
	user, err := s.guard.CreateUser(ctx, of(ctx).tenant, auth.NewUser{
		Email: in.Body.Email, Name: in.Body.Name, Password: in.Body.Password, Role: in.Body.Role,
	})
	return &struct{ Body User }{userOf(user)}, err
}

func (s *server) updateUser(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	Body UserChange
},
) (*struct{ Body User }, error) {
	user, err := s.guard.UpdateUser(ctx, of(ctx).tenant, in.ID, auth.UserChange(in.Body))
	return &struct{ Body User }{userOf(user)}, err
}

func (s *server) deleteUser(ctx context.Context, in *byID) (*struct{}, error) {
	if err := s.guard.DeleteUser(ctx, of(ctx).tenant, in.ID); err != nil {
		return nil, err
	}
	return nil, s.removeViews(ctx, in.ID)
}

// Token is a bearer token for programs, without its secret.
type Token struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Role     auth.Role  `json:"role" enum:"admin,developer,marketer,viewer"`
	Scopes   []string   `json:"scopes,omitempty" nullable:"false" doc:"What it is limited to, such as events:read; left out for everything that the role may do."`
	Hint     string     `json:"hint" doc:"Its first characters."`
	Maker    string     `json:"maker" doc:"The id of who made it. Tokens end with the user who made them."`
	Expires  *time.Time `json:"expires,omitempty" doc:"Left out for never."`
	LastUsed *time.Time `json:"last_used,omitempty" doc:"To about ten minutes."`
	Created  time.Time  `json:"created"`
}

// MadeToken is a new token with its secret.
type MadeToken struct {
	Secret string `json:"token" doc:"Keep it: it is not shown again."`
	Token
}

// NewToken is what a token is made of.
type NewToken struct {
	Name    string     `json:"name" minLength:"1" maxLength:"200"`
	Role    auth.Role  `json:"role" enum:"admin,developer,marketer,viewer"`
	Scopes  []string   `json:"scopes,omitempty" maxItems:"50" doc:"Limits the token, for example to events:read. An area's write includes its read, *:read is for all areas."`
	Expires *time.Time `json:"expires,omitempty"`
}

func tokenView(t auth.Token) Token {
	return Token{t.ID, t.Name, t.Role, t.Scopes, t.Hint, t.Maker, timeOrNil(t.Expires), timeOrNil(t.LastUsed), t.Created}
}

func (s *server) listTokens(ctx context.Context, _ *struct{}) (*listOutput[Token], error) {
	tokens, err := s.guard.Tokens(ctx, of(ctx).tenant)
	return listOf(tokens, tokenView), err
}

func (s *server) createToken(ctx context.Context, in *struct{ Body NewToken }) (*struct{ Body MadeToken }, error) {
	if err := s.checkAreas(in.Body.Scopes); err != nil {
		return nil, err
	}
	wanted := auth.NewToken{Name: in.Body.Name, Role: in.Body.Role, Scopes: in.Body.Scopes}
	if in.Body.Expires != nil {
		wanted.Expires = *in.Body.Expires
	}
	secret, token, err := s.guard.CreateToken(ctx, of(ctx).actor, wanted)
	return &struct{ Body MadeToken }{MadeToken{secret, tokenView(token)}}, err
}

func (s *server) deleteToken(ctx context.Context, in *byID) (*struct{}, error) {
	return nil, s.guard.DeleteToken(ctx, of(ctx).actor, in.ID)
}

// areasElsewhere are asked for outside of this API.
var areasElsewhere = []string{"*", "metrics"}

// checkAreas refuses scopes that nothing asks for, which are slips of the pen.
func (s *server) checkAreas(scopes []string) error {
	for _, scope := range scopes {
		area, _, _ := strings.Cut(scope, ":")
		if !slices.Contains(areasElsewhere, area) && !slices.ContainsFunc(s.routes(), func(r route) bool { return strings.HasPrefix(r.scope, area+":") }) {
			return tracardi.InvalidField("scopes", "there is nothing named %q to limit a token to", area)
		}
	}
	return nil
}
