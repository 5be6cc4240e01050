package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

func admin() *auth.Actor {
	return &auth.Actor{ID: "admin", Role: auth.Admin, Tenant: tenant}
}

func TestToken(t *testing.T) {
	h := open(t, auth.Options{})
	secret, made, err := h.CreateToken(t.Context(), admin(), auth.NewToken{Name: "export", Role: auth.Developer, Scopes: []string{"events:read"}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "trc_") || len(secret) != len("trc_")+43 || strings.Contains(made.Hint, secret) {
		t.Errorf("secret %q, hint %q", secret, made.Hint)
	}
	if strings.Contains(h.stored(t), secret[4:]) {
		t.Error("the token is stored in the clear")
	}
	actor, err := h.bearer(t, "Bearer "+secret)
	if err != nil {
		t.Fatal(err)
	}
	if actor.ID != made.ID || actor.Role != auth.Developer || actor.IsUser() || !actor.Has("events:read") || actor.Has("events:write") || actor.Has("users:read") {
		t.Errorf("got %+v", actor)
	}
	tokens, err := h.Tokens(t.Context(), tenant)
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	made.LastUsed = h.now.UTC()
	if diff := cmp.Diff(made, tokens[0], cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
	other := &auth.Actor{Role: auth.Admin, Tenant: "other"}
	wantKind(t, h.DeleteToken(t.Context(), other, made.ID), tracardi.NotFound)
	marketer := &auth.Actor{Role: auth.Marketer, Tenant: tenant}
	wantKind(t, h.DeleteToken(t.Context(), marketer, made.ID), tracardi.Forbidden)
	if err := h.DeleteToken(t.Context(), admin(), made.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.bearer(t, "Bearer "+secret)
	wantKind(t, err, tracardi.Unauthenticated)
}

func TestTokenExpires(t *testing.T) {
	h := open(t, auth.Options{})
	secret, _, err := h.CreateToken(t.Context(), admin(), auth.NewToken{Name: "short", Role: auth.Viewer, Expires: h.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.bearer(t, "Bearer "+secret); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Hour)
	_, err = h.bearer(t, "Bearer "+secret)
	wantKind(t, err, tracardi.Unauthenticated)
	if strings.Contains(h.stored(t), "token ") {
		t.Error("the expired token is still stored")
	}
	_, _, err = h.CreateToken(t.Context(), admin(), auth.NewToken{Name: "past", Role: auth.Viewer, Expires: h.now})
	wantKind(t, err, tracardi.Invalid)
}

func TestLastUseIsWrittenNowAndThen(t *testing.T) {
	h := open(t, auth.Options{})
	secret, _, err := h.CreateToken(t.Context(), admin(), auth.NewToken{Name: "busy", Role: auth.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	_, before, err := h.config.Changes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := h.bearer(t, "Bearer "+secret); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Minute)
	}
	if _, after, err := h.config.Changes(t.Context(), 0); err != nil || after != before+2 {
		t.Errorf("%d writes in 20 minutes, want 2 (%v)", after-before, err)
	}
}

func TestNobodyHandsOutMoreThanTheyHave(t *testing.T) {
	h := open(t, auth.Options{})
	for _, c := range []struct {
		maker  auth.Role
		scopes []string // of the maker
		role   auth.Role
		wanted []string
		kind   tracardi.Kind // Internal for success
	}{
		{auth.Admin, nil, auth.Admin, nil, 0},
		{auth.Admin, nil, auth.Marketer, []string{"*:read"}, 0},
		{auth.Developer, nil, auth.Developer, nil, 0},
		{auth.Developer, nil, auth.Viewer, nil, 0},
		{auth.Developer, nil, auth.Admin, nil, tracardi.Forbidden},
		{auth.Developer, nil, auth.Marketer, nil, tracardi.Forbidden},
		{auth.Admin, []string{"tokens:write", "events:read"}, auth.Viewer, []string{"events:read"}, 0},
		{auth.Admin, []string{"tokens:write", "events:read"}, auth.Viewer, []string{"tokens:read"}, 0},
		{auth.Admin, []string{"tokens:write", "events:read"}, auth.Viewer, nil, tracardi.Forbidden},
		{auth.Admin, []string{"tokens:write", "events:read"}, auth.Viewer, []string{"events:write"}, tracardi.Forbidden},
		{auth.Admin, []string{"tokens:write", "events:read"}, auth.Viewer, []string{"*:read"}, tracardi.Forbidden},
		{auth.Admin, []string{"*:read", "tokens:write"}, auth.Viewer, []string{"profiles:read", "*:read"}, 0},
		{auth.Admin, nil, "root", nil, tracardi.Invalid},
		{auth.Admin, nil, auth.Viewer, []string{"events"}, tracardi.Invalid},
		{auth.Admin, nil, auth.Viewer, []string{"events:all"}, tracardi.Invalid},
		{auth.Admin, nil, auth.Viewer, []string{""}, tracardi.Invalid},
	} {
		maker := &auth.Actor{ID: "m", Role: c.maker, Scopes: c.scopes, Tenant: tenant}
		_, _, err := h.CreateToken(t.Context(), maker, auth.NewToken{Name: "t", Role: c.role, Scopes: c.wanted})
		if (err == nil) != (c.kind == 0) || err != nil && tracardi.KindOf(err) != c.kind {
			t.Errorf("%s %v hands out %s %v: %v, want %v", c.maker, c.scopes, c.role, c.wanted, err, c.kind)
		}
	}
}

// TestTokensMadeWithTokensEndWithTheirUser makes a token with a token with a token, as somebody would who wants to stay.
func TestTokensMadeWithTokensEndWithTheirUser(t *testing.T) {
	disabled, viewer := true, auth.Viewer
	for _, c := range []struct {
		name   string
		change func(h *house, user, first, second string) error
		first  bool // still works afterwards
	}{
		{"nothing", func(*house, string, string, string) error { return nil }, true},
		{"user deleted", func(h *house, user, _, _ string) error { return h.DeleteUser(t.Context(), tenant, user) }, false},
		{"user disabled", func(h *house, user, _, _ string) error {
			_, err := h.UpdateUser(t.Context(), tenant, user, auth.UserChange{Disabled: &disabled})
			return err
		}, false},
		{"lesser role", func(h *house, user, _, _ string) error {
			_, err := h.UpdateUser(t.Context(), tenant, user, auth.UserChange{Role: &viewer})
			return err
		}, false},
		{"first token deleted", func(h *house, _, first, _ string) error { return h.DeleteToken(t.Context(), admin(), first) }, false},
		{"second token deleted", func(h *house, _, _, second string) error { return h.DeleteToken(t.Context(), admin(), second) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, auth.Options{})
			h.createUser(t, "ann@example.com", auth.Admin)
			bob := h.createUser(t, "bob@example.com", auth.Developer)
			actor := h.actor(t, h.login(t, "bob@example.com", password))
			var secrets, ids []string
			for _, name := range []string{"first", "second", "third"} {
				secret, made, err := h.CreateToken(t.Context(), actor, auth.NewToken{Name: name, Role: auth.Developer})
				if err != nil {
					t.Fatal(err)
				}
				if actor, err = h.bearer(t, "Bearer "+secret); err != nil {
					t.Fatal(err)
				}
				secrets, ids = append(secrets, secret), append(ids, made.ID)
			}
			if err := c.change(h, bob.ID, ids[0], ids[1]); err != nil {
				t.Fatal(err)
			}
			for i, want := range []bool{c.first, c.first && c.name == "nothing", c.first && c.name == "nothing"} {
				if _, err := h.bearer(t, "Bearer "+secrets[i]); (err == nil) != want {
					t.Errorf("token %d: %v", i+1, err)
				}
			}
		})
	}
}

// breaking is a configuration whose tokens cannot be removed for a while.
type breaking struct {
	storage.Config
	broken bool
}

func (b *breaking) Delete(ctx context.Context, tenant, kind, id string) error {
	if b.broken && kind == "token" {
		return tracardi.Errorf(tracardi.Unavailable, "the store is away")
	}
	return b.Config.Delete(ctx, tenant, kind, id)
}

// TestTokensOfAnUnfinishedDeletionAreWorthless has the store fail between the deletion of a user and that of the tokens.
func TestTokensOfAnUnfinishedDeletionAreWorthless(t *testing.T) {
	store := &breaking{}
	h := openOn(t, auth.Options{}, func(config storage.Config) storage.Config {
		store.Config = config
		return store
	})
	h.createUser(t, "ann@example.com", auth.Admin)
	bob := h.createUser(t, "bob@example.com", auth.Developer)
	secret, _, err := h.CreateToken(t.Context(), h.actor(t, h.login(t, "bob@example.com", password)), auth.NewToken{Name: "a", Role: auth.Developer})
	if err != nil {
		t.Fatal(err)
	}
	store.broken = true
	wantKind(t, h.DeleteUser(t.Context(), tenant, bob.ID), tracardi.Unavailable)
	_, err = h.bearer(t, "Bearer "+secret)
	wantKind(t, err, tracardi.Unauthenticated)
}

func TestNoTokenOutlivesTheOneThatMadeIt(t *testing.T) {
	h := open(t, auth.Options{})
	end := h.now.Add(time.Hour)
	secret, _, err := h.CreateToken(t.Context(), admin(), auth.NewToken{Name: "short", Role: auth.Developer, Expires: end})
	if err != nil {
		t.Fatal(err)
	}
	actor, err := h.bearer(t, "Bearer "+secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, expires := range []time.Time{{}, end.Add(time.Second)} {
		_, _, err := h.CreateToken(t.Context(), actor, auth.NewToken{Name: "longer", Role: auth.Developer, Expires: expires})
		wantKind(t, err, tracardi.Forbidden)
	}
	if _, _, err := h.CreateToken(t.Context(), actor, auth.NewToken{Name: "as long", Role: auth.Developer, Expires: end}); err != nil {
		t.Error(err)
	}
}
