package auth

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
)

// Role says what somebody may do.
type Role string

// The roles.
const (
	Admin     Role = "admin"     // everything, users included
	Developer Role = "developer" // sources, flows, tokens, the queue
	Marketer  Role = "marketer"  // what concerns customers: segments, audiences, profiles
	Viewer    Role = "viewer"    // looks and changes nothing
)

// Roles lists all roles, the mightiest first.
func Roles() []Role { return []Role{Admin, Developer, Marketer, Viewer} }

// MayGrant tells whether somebody of this role may hand out the other role: an administrator any, others their own and the
// viewer's.
func (r Role) MayGrant(other Role) bool {
	return r == Admin || other == r || other == Viewer
}

func checkRole(role Role) error {
	if slices.Contains(Roles(), role) {
		return nil
	}
	return tracardi.InvalidField("role", "there is no role %q: use admin, developer, marketer or viewer", role)
}

// Actor is who asks.
type Actor struct {
	ID     string // of the user or the token
	Email  string // empty for tokens
	Name   string
	Role   Role
	Tenant string
	Scopes []string // what a token is limited to, such as "events:read"; nil for everything that the role may do

	user    bool      // a person, not a token
	session string    // the id of the stored session, when the caller came with a cookie
	owner   string    // the id of the person, or of the one whose token it is; empty for the token of the settings
	expires time.Time // the end of the token; zero for never
}

// IsUser tells whether the actor is a person who signed in, and not a token.
func (a *Actor) IsUser() bool { return a.user }

// Has tells whether a scope such as "events:read" is within what the actor is limited to. The scope "events:write" includes
// reading, "*:read" is for everything.
func (a *Actor) Has(scope string) bool { return a.Scopes == nil || covers(a.Scopes, scope) }

func covers(scopes []string, want string) bool {
	area, right, _ := strings.Cut(want, ":")
	for _, scope := range scopes {
		inArea, inRight, _ := strings.Cut(scope, ":")
		if (inArea == area || inArea == "*") && (inRight == right || inRight == "write") {
			return true
		}
	}
	return false
}

var scopePattern = regexp.MustCompile(`^(\*|[a-z][a-z-]*):(read|write)$`)

func checkScopes(scopes []string) error {
	for _, scope := range scopes {
		if !scopePattern.MatchString(scope) {
			return tracardi.InvalidField("scopes", `a scope is an area with a right, such as "events:read" or "*:write"; got %q`, scope)
		}
	}
	return nil
}
