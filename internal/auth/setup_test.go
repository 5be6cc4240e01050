package auth_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
)

func (h *house) setupToken(t *testing.T) string {
	t.Helper()
	token, err := h.SetupToken(t.Context(), tenant)
	if err != nil || token == "" {
		t.Fatalf("got %q, %v", token, err)
	}
	return token
}

func (h *house) setup(t *testing.T, token, email, password string) error {
	t.Helper()
	_, err := h.Setup(t.Context(), tenant, token, email, password, ip)
	return err
}

func TestSetup(t *testing.T) {
	h := open(t, auth.Options{})
	if needed, err := h.NeedsSetup(t.Context(), tenant); err != nil || !needed {
		t.Fatal(needed, err)
	}
	first, second := h.setupToken(t), h.setupToken(t) // two processes print two links, both work
	if strings.Contains(h.stored(t), first) {
		t.Error("the setup token is stored in the clear")
	}
	wantKind(t, h.setup(t, "guess", "ann@example.com", password), tracardi.Forbidden)
	wantKind(t, h.setup(t, "", "ann@example.com", password), tracardi.Forbidden)
	wantKind(t, h.setup(t, first, "ann@example.com", "weak"), tracardi.Invalid)
	wantKind(t, h.setup(t, first, "nobody", password), tracardi.Invalid)
	if err := h.setup(t, first, "ann@example.com", password); err != nil {
		t.Fatal(err)
	}
	if actor := h.actor(t, h.login(t, "ann@example.com", password)); actor.Role != auth.Admin {
		t.Errorf("got %+v", actor)
	}
	for _, token := range []string{first, second} {
		wantKind(t, h.setup(t, token, "eve@example.com", password), tracardi.Forbidden)
	}
	if token, err := h.SetupToken(t.Context(), tenant); err != nil || token != "" {
		t.Errorf("got a setup token %q (%v) although there is an administrator", token, err)
	}
	if needed, err := h.NeedsSetup(t.Context(), tenant); err != nil || needed {
		t.Errorf("setup is needed: %v, %v", needed, err)
	}
	if strings.Contains(h.stored(t), "setup ") {
		t.Error("setup tokens are left behind")
	}
}

func TestSetupTokenExpires(t *testing.T) {
	h := open(t, auth.Options{})
	token := h.setupToken(t)
	h.now = h.now.Add(25 * time.Hour)
	wantKind(t, h.setup(t, token, "ann@example.com", password), tracardi.Forbidden)
	if err := h.setup(t, h.setupToken(t), "ann@example.com", password); err != nil {
		t.Error(err)
	}
}

func TestSetupWorksOnce(t *testing.T) {
	h := open(t, auth.Options{})
	token := h.setupToken(t)
	var done atomic.Int32
	var group sync.WaitGroup
	for _, name := range []string{"ann", "bob", "eve", "dan"} {
		group.Go(func() {
			if h.setup(t, token, name+"@example.com", password) == nil {
				done.Add(1)
			}
		})
	}
	group.Wait()
	if done.Load() != 1 {
		t.Errorf("%d administrators were created with one token", done.Load())
	}
}

func TestEnsureAdmin(t *testing.T) {
	h := open(t, auth.Options{})
	wantKind(t, h.EnsureAdmin(t.Context(), tenant, "ann@example.com", "weak"), tracardi.Invalid)
	if err := h.EnsureAdmin(t.Context(), tenant, "ann@example.com", password); err != nil {
		t.Fatal(err)
	}
	h.login(t, "ann@example.com", password)
	// A restart must not bring an old password back.
	for _, email := range []string{"ann@example.com", "bob@example.com"} {
		if err := h.EnsureAdmin(t.Context(), tenant, email, "another good one"); err != nil {
			t.Fatal(err)
		}
		_, _, err := h.Login(t.Context(), tenant, email, "another good one", ip)
		wantKind(t, err, tracardi.Unauthenticated)
	}
}
