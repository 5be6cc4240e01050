package auth_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

func TestLogin(t *testing.T) {
	h := open(t, auth.Options{})
	ann := h.createUser(t, "ann@example.com", auth.Developer)
	secret := h.login(t, " Ann@example.com", password)
	actor := h.actor(t, secret)
	if actor.ID != ann.ID || actor.Role != auth.Developer || actor.Tenant != tenant || !actor.IsUser() || !actor.Has("anything:write") {
		t.Errorf("got %+v", actor)
	}
	if other := h.login(t, "ann@example.com", password); other == secret || len(secret) < 43 {
		t.Error("two sessions have one secret, or it is short")
	}
	if strings.Contains(h.stored(t), secret) {
		t.Error("the secret is stored in the clear")
	}
	if user, err := h.User(t.Context(), tenant, ann.ID); err != nil || !user.LastLogin.Equal(h.now) {
		t.Errorf("the last login is %v, want %v (%v)", user.LastLogin, h.now, err)
	}
	if _, err := h.Identify(httptest.NewRecorder(), withCookie(t, secret), "other"); err == nil {
		t.Error("the session is valid for another tenant")
	}
}

func withCookie(t *testing.T, secret string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: secret})
	return r
}

func TestRefusalTellsNothing(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	bob := h.createUser(t, "bob@example.com", auth.Viewer)
	disabled := true
	if _, err := h.UpdateUser(t.Context(), tenant, bob.ID, auth.UserChange{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	answers := map[string]bool{}
	for _, c := range []struct{ email, password string }{
		{"ann@example.com", "wrong password"},
		{"ann@example.com", ""},
		{"ann@example.com", strings.Repeat("x", 5000)},
		{"bob@example.com", password},
		{"nobody@example.com", password},
		{"no address", password},
	} {
		_, _, err := h.Login(t.Context(), tenant, c.email, c.password, ip)
		wantKind(t, err, tracardi.Unauthenticated)
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
}

// An account that does not exist must cost what one with a wrong password costs, or the time would tell.
func TestUnknownAccountCostsAHash(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	known, unknown := time.Hour, time.Hour
	for range 5 { // in turns, so that a busy moment slows both
		for email, best := range map[string]*time.Duration{"ann@example.com": &known, "nobody@example.com": &unknown} {
			start := time.Now()
			_, _, err := h.Login(t.Context(), tenant, email, "wrong password", ip)
			wantKind(t, err, tracardi.Unauthenticated)
			*best = min(*best, time.Since(start))
		}
	}
	if unknown < known/3 {
		t.Errorf("an unknown account answers in %v, a known one in %v", unknown, known)
	}
}

func TestSessionSlides(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	secret := h.login(t, "ann@example.com", password)
	for hours := range 10 {
		if _, cookies, err := h.cookie(t, secret); err != nil {
			t.Fatalf("after %d hours: %v", hours*11, err)
		} else if hours > 0 && (len(cookies) != 1 || cookies[0].Value != secret || cookies[0].MaxAge != 12*60*60) {
			t.Fatalf("a session that lives on must set its cookie anew, got %v", cookies)
		}
		h.now = h.now.Add(11 * time.Hour)
	}
	h.now = h.now.Add(2 * time.Hour)
	_, _, err := h.cookie(t, secret)
	wantKind(t, err, tracardi.Unauthenticated)
	if strings.Contains(h.stored(t), "session ") {
		t.Error("the expired session is still stored")
	}
}

func TestSessionHasAnEnd(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	secret := h.login(t, "ann@example.com", password)
	start := h.now
	for {
		if _, _, err := h.cookie(t, secret); err != nil {
			break
		}
		h.now = h.now.Add(6 * time.Hour)
		if h.now.Sub(start) > 31*24*time.Hour {
			t.Fatal("the session lives for ever")
		}
	}
	if h.now.Sub(start) < 29*24*time.Hour {
		t.Errorf("the session ended after %v of use", h.now.Sub(start))
	}
}

func TestSessionIsNotWrittenWithEachRequest(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	secret := h.login(t, "ann@example.com", password)
	_, before, err := h.config.Changes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 14 {
		h.now = h.now.Add(time.Minute)
		h.actor(t, secret)
	}
	if _, after, err := h.config.Changes(t.Context(), 0); err != nil || after != before {
		t.Errorf("%d writes in 14 minutes (%v)", after-before, err)
	}
	h.now = h.now.Add(time.Minute)
	h.actor(t, secret)
	if _, after, err := h.config.Changes(t.Context(), 0); err != nil || after != before+1 {
		t.Errorf("%d writes after 15 minutes, want 1 (%v)", after-before, err)
	}
}

func TestLogout(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	h.createUser(t, "bob@example.com", auth.Viewer)
	a1, a2, a3, b := h.login(t, "ann@example.com", password), h.login(t, "ann@example.com", password),
		h.login(t, "ann@example.com", password), h.login(t, "bob@example.com", password)
	for range 2 { // the second time there is nothing to end
		if err := h.Logout(t.Context(), tenant, a1); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := h.cookie(t, a1)
	wantKind(t, err, tracardi.Unauthenticated)
	if err := h.LogoutEverywhere(t.Context(), h.actor(t, a2)); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{a2, a3} {
		_, _, err := h.cookie(t, secret)
		wantKind(t, err, tracardi.Unauthenticated)
	}
	h.actor(t, b)
}

func TestLogoutWinsAgainstRenewal(t *testing.T) {
	h := open(t, auth.Options{})
	h.createUser(t, "ann@example.com", auth.Viewer)
	secret := h.login(t, "ann@example.com", password)
	h.now = h.now.Add(time.Hour)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { _, _, _ = h.cookie(t, secret) }) // either answer will do
	}
	group.Go(func() {
		if err := h.Logout(t.Context(), tenant, secret); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
	_, _, err := h.cookie(t, secret)
	wantKind(t, err, tracardi.Unauthenticated)
}

func TestCookie(t *testing.T) {
	plain := httptest.NewRequest("GET", "/", nil)
	encrypted := httptest.NewRequest("GET", "/", nil)
	encrypted.TLS = &tls.ConnectionState{}
	proxied := httptest.NewRequest("GET", "/", nil)
	proxied.Header.Set("X-Forwarded-Proto", "https")
	for _, c := range []struct {
		name   string
		r      *http.Request
		https  bool
		secure bool
	}{
		{"plain", plain, false, false},
		{"encrypted", encrypted, false, true},
		{"behind a proxy", proxied, false, true},
		{"by setting", plain, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, auth.Options{HTTPS: c.https})
			cookie := h.Cookie(c.r, "secret")
			if cookie.Secure != c.secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
				t.Errorf("got %v", cookie)
			}
			if gone := h.Cookie(c.r, ""); gone.MaxAge >= 0 || gone.Secure != c.secure {
				t.Errorf("this does not remove the cookie: %v", gone)
			}
		})
	}
}

func TestThrottle(t *testing.T) {
	h := open(t, auth.Options{})
	h.now = h.now.Truncate(15 * time.Minute).Add(5 * time.Minute)
	h.createUser(t, "ann@example.com", auth.Viewer)
	h.createUser(t, "bob@example.com", auth.Viewer)
	wrong := func(ip string) error {
		_, _, err := h.Login(t.Context(), tenant, "ann@example.com", "wrong password", ip)
		return err
	}
	for range 9 {
		wantKind(t, wrong(ip), tracardi.Unauthenticated)
	}
	h.login(t, "ann@example.com", password) // success takes the account out of suspicion
	for range 10 {
		wantKind(t, wrong(ip), tracardi.Unauthenticated)
	}
	err := wrong(ip)
	wantKind(t, err, tracardi.RateLimited)
	if e, _ := errors.AsType[*tracardi.Error](err); e.RetryAfter != 10*time.Minute {
		t.Errorf("retry after %v, want the 10 minutes that are left", e.RetryAfter)
	}
	_, _, err = h.Login(t.Context(), tenant, "ann@example.com", password, ip)
	wantKind(t, err, tracardi.RateLimited) // the right password makes no difference now
	h.login(t, "bob@example.com", password)
	if _, _, err := h.Login(t.Context(), tenant, "ann@example.com", password, "198.51.100.1"); err != nil {
		t.Errorf("the owner is locked out at another address: %v", err)
	}
	h.now = h.now.Add(10 * time.Minute)
	h.login(t, "ann@example.com", password)
}

func TestThrottleLimits(t *testing.T) {
	tooLong := strings.Repeat("x", 2000) // is wrong without being hashed, which saves the test time
	for _, c := range []struct {
		name           string
		account, ip    func(i int) string
		attempts, want int // how many of the attempts are let through
	}{
		{"one account from one household", func(int) string { return "ann" }, func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x", i) }, 12, 10},
		{"one account from everywhere", func(int) string { return "ann" }, func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", i) }, 60, 50},
		{"all accounts from one address", func(i int) string { return fmt.Sprintf("user%d", i) }, func(int) string { return "::ffff:192.0.2.1" }, 110, 100},
		{"all accounts from everywhere", func(i int) string { return fmt.Sprintf("user%d", i) }, func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }, 120, 120},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, auth.Options{})
			h.now = h.now.Truncate(time.Hour)
			let := 0
			for i := range c.attempts {
				_, _, err := h.Login(t.Context(), tenant, c.account(i)+"@example.com", tooLong, c.ip(i))
				if tracardi.KindOf(err) == tracardi.Unauthenticated {
					let++
				} else {
					wantKind(t, err, tracardi.RateLimited)
				}
			}
			if let != c.want {
				t.Errorf("%d attempts were let through, want %d", let, c.want)
			}
		})
	}
}

// Many attempts at the same moment must not slip through before the first one is counted.
func TestThrottleHoldsAgainstManyAtOnce(t *testing.T) {
	h := open(t, auth.Options{})
	var group sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for range 40 {
		group.Go(func() {
			_, _, err := h.Login(t.Context(), tenant, "nobody@example.com", "wrong password", ip)
			if tracardi.KindOf(err) == tracardi.Unauthenticated {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if looked != 10 {
		t.Errorf("%d passwords were looked at, want 10", looked)
	}
}

// meddling is a configuration in which something happens between the check of a password and the start of the session.
type meddling struct {
	storage.Config
	meanwhile func()
}

func (m *meddling) Put(ctx context.Context, item storage.Item) (storage.Item, error) {
	if happens := m.meanwhile; happens != nil && item.Kind == "session" {
		m.meanwhile = nil
		happens()
	}
	return m.Config.Put(ctx, item)
}

// TestOldPasswordBeginsNothing signs in with a password that is changed at that moment: all other sessions end then, and this one
// must not begin.
func TestOldPasswordBeginsNothing(t *testing.T) {
	name, next, disabled := "Ann B.", "another good one", true
	for _, c := range []struct {
		name   string
		change auth.UserChange
		works  bool
	}{
		{"name", auth.UserChange{Name: &name}, true},
		{"password", auth.UserChange{Password: &next}, false},
		{"disabled", auth.UserChange{Disabled: &disabled}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &meddling{}
			h := openOn(t, auth.Options{}, func(config storage.Config) storage.Config {
				store.Config = config
				return store
			})
			h.createUser(t, "root@example.com", auth.Admin)
			ann := h.createUser(t, "ann@example.com", auth.Viewer)
			store.meanwhile = func() {
				if _, err := h.UpdateUser(t.Context(), tenant, ann.ID, c.change); err != nil {
					t.Error(err)
				}
			}
			secret, user, err := h.Login(t.Context(), tenant, "ann@example.com", password, ip)
			if c.works {
				if err != nil || user.Name != name {
					t.Fatalf("got %+v, %v", user, err)
				}
				h.actor(t, secret)
				return
			}
			wantKind(t, err, tracardi.Unauthenticated)
			if secret != "" || strings.Contains(h.stored(t), "session ") {
				t.Errorf("a session began:\n%s", h.stored(t))
			}
		})
	}
}
