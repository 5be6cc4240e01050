package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

// route is one row of the table.
type route struct {
	method, path string
	id           string // of the operation, for programs that are made from the document
	access
	summary  string
	status   int // of success; 0 for 200, or 204 when there is no body
	register registration
}

// access says who may use a route: everyone, or those with one of the roles whose token, if it is limited, has the scope.
type access struct {
	public bool
	roles  roles
	scope  string // such as "events:read"; empty when limited tokens may always do it
}

type roles []auth.Role

// String is the roles as a sentence has them.
func (r roles) String() string {
	words := make([]string, len(r))
	for i, role := range r {
		words[i] = string(role)
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// public routes work without signing in.
func public() access { return access{public: true} }

// everyone has a role, and may look.
func everyone(scope string) access { return access{roles: auth.Roles(), scope: scope} }

// marketers work with customers.
func marketers(scope string) access {
	return access{roles: roles{auth.Admin, auth.Developer, auth.Marketer}, scope: scope}
}

// developers connect systems.
func developers(scope string) access {
	return access{roles: roles{auth.Admin, auth.Developer}, scope: scope}
}

// everything is the scope of what makes users: they may do all that their role may, so a token that is limited to less would hand out
// more than it may do itself.
const everything = "*:write"

func admins(scope string) access { return access{roles: roles{auth.Admin}, scope: scope} }

// routes is the table of everything that the API does.
func (s *server) routes() []route {
	sources, redirects := s.sourceRoutes(), s.redirectRoutes()
	table := []route{
		{"GET", "/openapi.json", "get-openapi", public(), "Describe this API", 0, on(s, s.openAPI, binary("application/openapi+json"))},

		{"GET", "/setup", "get-setup", public(), "Tell whether the first administrator is still to be created", 0, on(s, s.setupState)},
		{"POST", "/setup", "setup", public(), "Create the first administrator with the one-time link, and sign in", 201, on(s, s.setUp)},
		{"POST", "/login", "login", public(), "Sign in", 0, on(s, s.login)},
		{"POST", "/logout", "logout", public(), "Sign out here", 0, on(s, s.logout)},
		{"POST", "/logout/everywhere", "logout-everywhere", everyone(""), "Sign out on all devices", 0, on(s, s.logoutEverywhere)},
		{"GET", "/me", "get-me", everyone(""), "Tell who is signed in", 0, on(s, s.me)},
		{"PUT", "/me/password", "change-password", everyone(""), "Change your password", 0, on(s, s.changePassword)},

		{"GET", "/users", "list-users", admins("users:read"), "List users", 0, on(s, s.listUsers)},
		{"POST", "/users", "create-user", admins(everything), "Create a user", 201, on(s, s.createUser)},
		{"GET", "/users/{id}", "get-user", admins("users:read"), "Get a user", 0, on(s, s.getUser)},
		{"PATCH", "/users/{id}", "update-user", admins(everything), "Change a user", 0, on(s, s.updateUser)},
		{"DELETE", "/users/{id}", "delete-user", admins("users:write"), "Delete a user, with sessions and tokens", 0, on(s, s.deleteUser)},

		{"GET", "/tokens", "list-tokens", developers("tokens:read"), "List tokens, without their secrets", 0, on(s, s.listTokens)},
		{"POST", "/tokens", "create-token", developers("tokens:write"), "Make a token; its secret is shown once", 201, on(s, s.createToken)},
		{"DELETE", "/tokens/{id}", "delete-token", developers("tokens:write"), "Delete a token", 0, on(s, s.deleteToken)},

		{"GET", "/bridges", "list-bridges", everyone("sources:read"), "List the brokers that sources may read from", 0, on(s, s.listBridges)},
		{"GET", "/sources", "list-sources", everyone("sources:read"), "List sources", 0, on(s, sources.list)},
		{"POST", "/sources", "create-source", developers("sources:write"), "Create a source", 201, on(s, sources.create)},
		{"GET", "/sources/{id}", "get-source", everyone("sources:read"), "Get a source", 0, on(s, sources.get)},
		{"PUT", "/sources/{id}", "replace-source", developers("sources:write"), "Replace a source", 0, on(s, sources.replace)},
		{"PATCH", "/sources/{id}", "update-source", developers("sources:write"), "Change fields of a source", 0, on(s, sources.update)},
		{"DELETE", "/sources/{id}", "delete-source", developers("sources:write"), "Delete a source", 0, on(s, sources.remove)},

		{"GET", "/redirects", "list-redirects", everyone("redirects:read"), "List redirects", 0, on(s, redirects.list)},
		{"POST", "/redirects", "create-redirect", marketers("redirects:write"), "Create a redirect", 201, on(s, redirects.create)},
		{"GET", "/redirects/{id}", "get-redirect", everyone("redirects:read"), "Get a redirect", 0, on(s, redirects.get)},
		{"PUT", "/redirects/{id}", "replace-redirect", marketers("redirects:write"), "Replace a redirect", 0, on(s, redirects.replace)},
		{"PATCH", "/redirects/{id}", "update-redirect", marketers("redirects:write"), "Change fields of a redirect", 0, on(s, redirects.update)},
		{"DELETE", "/redirects/{id}", "delete-redirect", marketers("redirects:write"), "Delete a redirect", 0, on(s, redirects.remove)},

		{"GET", "/events/live", "watch-events", everyone("events:read"), "Watch events as they come in, as server-sent events", 0, on(s, s.live, binary("text/event-stream"))},

		{"GET", "/events/{id}/story", "get-event-story", everyone("events:read"), "Tell what happened to an event, step by step", 0, on(s, s.story, s.inTurn(s.questions))},
		{"POST", "/events/test", "test-events", developers("events:write"), "Tell what would become of a payload, and store nothing", 0, on(s, s.try)},
		{"GET", "/event-types", "list-event-types", everyone(""), "List the predefined event types", 0, on(s, s.listEventTypes)},
		{"POST", "/query/validate", "validate-query", everyone(""), "Check a search", 0, on(s, s.validateQuery)},
		{"GET", "/profiles/{id}/timeline", "get-profile-timeline", everyone("profiles:read"), "List the events of a person, newest first", 0, on(s, s.timeline, s.inTurn(s.questions))},

		{"GET", "/queue", "get-queue", developers("queue:read"), "Tell how much waits in the queue", 0, on(s, s.queueState)},
		{"GET", "/queue/{topic}/dead", "list-dead-letters", developers("queue:read"), "List messages that were put aside", 0, on(s, s.deadLetters)},
		{"POST", "/queue/{topic}/replay", "replay-dead-letters", developers("queue:write"), "Try messages again that were put aside", 0, on(s, s.replay)},
	}
	table = append(table, s.resourceTable()...)
	table = append(table, s.workplaceRoutes()...)
	table = append(table, s.flowRoutes()...)
	table = append(table, s.erasureRoutes()...)
	for _, d := range []documents{
		{s, storage.Events, "event", "events"},
		{s, storage.Sessions, "session", "sessions"},
		{s, storage.Profiles, "profile", "profiles"},
		{s, storage.Entities, "entity", "entities"},
	} {
		path, read, one, many := "/"+d.many, everyone(d.many+":read"), d.one, d.many
		asks := s.inTurn(s.questions)
		table = append(table,
			route{"GET", path, "list-" + many, read, "Search " + many, 0, on(s, d.list, asks)},
			route{"GET", path + "/count", "count-" + many, read, "Count " + many, 0, on(s, d.count, asks)},
			route{"GET", path + "/histogram", "get-" + one + "-histogram", read, "Count " + many + " by time", 0, on(s, d.histogram, asks)},
			route{"GET", path + "/top/{field}", "get-" + one + "-top", read, "List the most frequent values of a field of " + many, 0, on(s, d.top, asks)},
			route{"GET", path + "/suggest", "suggest-" + one + "-query", read, "Suggest how a search goes on", 0, on(s, d.suggest, asks)},
			route{"GET", path + "/export", "export-" + many, marketers(many + ":read"), "Download " + many, 0, on(s, d.export, binary(exportTypes...), s.inTurn(s.exports))},
			route{"GET", path + "/{id}", "get-" + one, read, "Get one " + one, 0, on(s, d.get)},
		)
	}
	return table
}

// registration gives a route to the framework.
type registration func(api huma.API, op huma.Operation)

// on makes a registration of a handler whose errors become problems.
func on[I, O any](s *server, handle func(context.Context, *I) (*O, error), adapt ...func(*huma.Operation)) registration {
	return func(api huma.API, op huma.Operation) {
		for _, f := range adapt {
			f(&op)
		}
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(ctx, in)
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return out, nil
		})
	}
}

// binary describes an answer that the handler writes by itself.
func binary(contentTypes ...string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, contentType := range contentTypes {
			content[contentType] = &huma.MediaType{Schema: &huma.Schema{}}
		}
		op.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: content}
	}
}
