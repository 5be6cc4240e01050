package auth_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
)

func TestCreateUser(t *testing.T) {
	h := open(t, auth.Options{})
	for _, c := range []struct {
		name  string
		user  auth.NewUser
		kind  tracardi.Kind
		field string
	}{
		{"no address", auth.NewUser{Email: "ann", Password: password, Role: auth.Admin}, tracardi.Invalid, "email"},
		{"address with a name", auth.NewUser{Email: "Ann <a@example.com>", Password: password, Role: auth.Admin}, tracardi.Invalid, "email"},
		{"two lines", auth.NewUser{Email: "a@example.com\nb", Password: password, Role: auth.Admin}, tracardi.Invalid, "email"},
		{"too long an address", auth.NewUser{Email: strings.Repeat("a", 260) + "@example.com", Password: password, Role: auth.Admin}, tracardi.Invalid, "email"},
		{"unknown role", auth.NewUser{Email: "a@example.com", Password: password, Role: "root"}, tracardi.Invalid, "role"},
		{"no role", auth.NewUser{Email: "a@example.com", Password: password}, tracardi.Invalid, "role"},
		{"short password", auth.NewUser{Email: "a@example.com", Password: "nine char", Role: auth.Admin}, tracardi.Invalid, "password"},
		{"endless password", auth.NewUser{Email: "a@example.com", Password: strings.Repeat("abcde", 300), Role: auth.Admin}, tracardi.Invalid, "password"},
		{"common password", auth.NewUser{Email: "a@example.com", Password: "Password2024!", Role: auth.Admin}, tracardi.Invalid, "password"},
		{"figures", auth.NewUser{Email: "a@example.com", Password: "1234567890", Role: auth.Admin}, tracardi.Invalid, "password"},
		{"one character", auth.NewUser{Email: "a@example.com", Password: strings.Repeat("xy", 10), Role: auth.Admin}, tracardi.Invalid, "password"},
		{"the address", auth.NewUser{Email: "long.name@example.com", Password: "Long.Name@example.com", Role: auth.Admin}, tracardi.Invalid, "password"},
		{"the address's name", auth.NewUser{Email: "long.name@example.com", Password: "Long.Name123", Role: auth.Admin}, tracardi.Invalid, "password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.CreateUser(t.Context(), tenant, c.user)
			wantKind(t, err, c.kind)
			if field := err.(*tracardi.Error).Field; field != c.field {
				t.Errorf("the error names %q, want %q", field, c.field)
			}
			if strings.Contains(err.Error(), c.user.Password) {
				t.Errorf("the error repeats the password: %v", err)
			}
		})
	}
	if users, err := h.Users(t.Context(), tenant); err != nil || len(users) != 0 {
		t.Errorf("got %v, %v, want no users", users, err)
	}

	made, err := h.CreateUser(t.Context(), tenant, auth.NewUser{Email: " Ann@Example.com ", Name: "Ann", Password: password, Role: auth.Marketer})
	if err != nil {
		t.Fatal(err)
	}
	if made.Email != "ann@example.com" || made.Role != auth.Marketer {
		t.Errorf("got %+v", made)
	}
	got, err := h.User(t.Context(), tenant, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Error(diff)
	}
	_, err = h.CreateUser(t.Context(), tenant, auth.NewUser{Email: "ANN@example.com", Password: password, Role: auth.Viewer})
	wantKind(t, err, tracardi.Conflict)
	_, err = h.User(t.Context(), "other", made.ID)
	wantKind(t, err, tracardi.NotFound)
	if all := h.stored(t); strings.Contains(all, password) || !strings.Contains(all, "$argon2id$") {
		t.Errorf("want only a hash of the password, stored is:\n%s", all)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	h := open(t, auth.Options{})
	ann := h.createUser(t, "ann@example.com", auth.Admin)
	viewer, disabled := auth.Viewer, true
	for name, attempt := range map[string]func() error{
		"delete": func() error { return h.DeleteUser(t.Context(), tenant, ann.ID) },
		"demote": func() error {
			_, err := h.UpdateUser(t.Context(), tenant, ann.ID, auth.UserChange{Role: &viewer})
			return err
		},
		"disable": func() error {
			_, err := h.UpdateUser(t.Context(), tenant, ann.ID, auth.UserChange{Disabled: &disabled})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, attempt(), tracardi.Conflict) })
	}
	bob := h.createUser(t, "bob@example.com", auth.Admin)
	if _, err := h.UpdateUser(t.Context(), tenant, bob.ID, auth.UserChange{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	wantKind(t, h.DeleteUser(t.Context(), tenant, ann.ID), tracardi.Conflict)
	enabled := false
	if _, err := h.UpdateUser(t.Context(), tenant, bob.ID, auth.UserChange{Disabled: &enabled}); err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteUser(t.Context(), tenant, ann.ID); err != nil {
		t.Error(err)
	}
}

func TestChangesEndSessionsAndTokens(t *testing.T) {
	viewer, disabled, next := auth.Viewer, true, "another good one"
	for _, c := range []struct {
		name                   string
		change                 func(h *house, id string) error
		session, adminT, readT bool // what still works afterwards
	}{
		{"new name", func(h *house, id string) error {
			_, err := h.UpdateUser(t.Context(), tenant, id, auth.UserChange{Name: &next})
			return err
		}, true, true, true},
		{"new password", func(h *house, id string) error {
			_, err := h.UpdateUser(t.Context(), tenant, id, auth.UserChange{Password: &next})
			return err
		}, false, true, true},
		{"lesser role", func(h *house, id string) error {
			_, err := h.UpdateUser(t.Context(), tenant, id, auth.UserChange{Role: &viewer})
			return err
		}, true, false, true},
		{"disabled", func(h *house, id string) error {
			_, err := h.UpdateUser(t.Context(), tenant, id, auth.UserChange{Disabled: &disabled})
			return err
		}, false, false, false},
		{"deleted", func(h *house, id string) error { return h.DeleteUser(t.Context(), tenant, id) }, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, auth.Options{})
			h.createUser(t, "ann@example.com", auth.Admin)
			bob := h.createUser(t, "bob@example.com", auth.Admin)
			session := h.login(t, "bob@example.com", password)
			actor := h.actor(t, session)
			tokens := map[auth.Role]string{}
			for _, role := range []auth.Role{auth.Admin, auth.Viewer} {
				secret, _, err := h.CreateToken(t.Context(), actor, auth.NewToken{Name: string(role), Role: role})
				if err != nil {
					t.Fatal(err)
				}
				tokens[role] = secret
			}
			if err := c.change(h, bob.ID); err != nil {
				t.Fatal(err)
			}
			_, _, err := h.cookie(t, session)
			if (err == nil) != c.session {
				t.Errorf("the session: %v", err)
			}
			for role, want := range map[auth.Role]bool{auth.Admin: c.adminT, auth.Viewer: c.readT} {
				if _, err := h.bearer(t, "Bearer "+tokens[role]); (err == nil) != want {
					t.Errorf("the token of role %s: %v", role, err)
				}
			}
		})
	}
}

func TestChangePassword(t *testing.T) {
	h := open(t, auth.Options{AdminToken: "0123456789abcdef"})
	h.createUser(t, "ann@example.com", auth.Viewer)
	here, there := h.login(t, "ann@example.com", password), h.login(t, "ann@example.com", password)
	ann := h.actor(t, here)
	wantKind(t, h.ChangePassword(t.Context(), ann, ip, "wrong one here", "another good one"), tracardi.Invalid)
	wantKind(t, h.ChangePassword(t.Context(), ann, ip, password, "short"), tracardi.Invalid)
	if err := h.ChangePassword(t.Context(), ann, ip, password, "another good one"); err != nil {
		t.Fatal(err)
	}
	h.actor(t, here)
	_, _, err := h.cookie(t, there)
	wantKind(t, err, tracardi.Unauthenticated)
	_, _, err = h.Login(t.Context(), tenant, "ann@example.com", password, ip)
	wantKind(t, err, tracardi.Unauthenticated)
	h.login(t, "ann@example.com", "another good one")

	token, err := h.bearer(t, "Bearer 0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, h.ChangePassword(t.Context(), token, ip, password, "another good one"), tracardi.Forbidden)
	wantKind(t, h.LogoutEverywhere(t.Context(), token), tracardi.Forbidden)
}

func TestPasswordMeansTheSameOnEveryKeyboard(t *testing.T) {
	h := open(t, auth.Options{})
	_, err := h.CreateUser(t.Context(), tenant, auth.NewUser{Email: "ann@example.com", Password: "gr\u00fcne B\u00e4ume", Role: auth.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	h.login(t, "ann@example.com", "gru\u0308ne Ba\u0308ume") // the same letters with the dots apart
}
