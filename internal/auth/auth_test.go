package auth_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/maypok86/otter/v2.(*cache[...]).periodicCleanUp"))
}

const (
	tenant   = tracardi.DefaultTenant
	password = "three blind mice"
	ip       = "203.0.113.7"
)

// house is a guard with real stores and a clock that tests turn.
type house struct {
	*auth.Guard
	config storage.Config
	now    time.Time
}

func open(t *testing.T, options auth.Options) *house {
	t.Helper()
	return openOn(t, options, func(config storage.Config) storage.Config { return config })
}

// openOn lets a test stand between the guard and the store.
func openOn(t *testing.T, options auth.Options, between func(storage.Config) storage.Config) *house {
	t.Helper()
	config, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	cache := memory.NewCache(1 << 20)
	t.Cleanup(func() {
		if err := config.Close(); err != nil {
			t.Error(err)
		}
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{config: config, now: time.Now()}
	options.Config, options.Cache, options.Log = between(config), cache, slog.New(slog.DiscardHandler)
	options.Now = func() time.Time { return h.now }
	if h.Guard, err = auth.New(options); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) createUser(t *testing.T, email string, role auth.Role) auth.User {
	t.Helper()
	user, err := h.CreateUser(t.Context(), tenant, auth.NewUser{Email: email, Password: password, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func (h *house) login(t *testing.T, email, password string) (secret string) {
	t.Helper()
	secret, _, err := h.Login(t.Context(), tenant, email, password, ip)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// cookie identifies the sender of a request with a session cookie. It returns the cookies that the answer sets.
func (h *house) cookie(t *testing.T, secret string) (*auth.Actor, []*http.Cookie, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: secret})
	w := httptest.NewRecorder()
	actor, err := h.Identify(w, r, tenant)
	return actor, w.Result().Cookies(), err
}

func (h *house) bearer(t *testing.T, header string) (*auth.Actor, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.Header.Set("Authorization", header)
	return h.Identify(httptest.NewRecorder(), r, tenant)
}

func (h *house) actor(t *testing.T, secret string) *auth.Actor {
	t.Helper()
	actor, _, err := h.cookie(t, secret)
	if err != nil {
		t.Fatal(err)
	}
	return actor
}

func wantKind(t *testing.T, err error, want tracardi.Kind) {
	t.Helper()
	if err == nil || tracardi.KindOf(err) != want {
		t.Fatalf("got %v, want an error that is %s", err, want)
	}
}

// stored is all configuration as text.
func (h *house) stored(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, kind := range []string{"user", "session", "token", "setup"} {
		items, err := h.config.List(t.Context(), tenant, kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			all.WriteString(item.Kind + " " + item.ID + " " + item.Name + " " + string(item.Data) + "\n")
		}
	}
	return all.String()
}

func TestIdentifyWithoutCredentials(t *testing.T) {
	h := open(t, auth.Options{})
	_, err := h.Identify(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), tenant)
	wantKind(t, err, tracardi.Unauthenticated)
	for _, header := range []string{"Bearer", "Bearer ", "Bearer x", "Basic YTpi", "trc_abc", "Bearer trc_", "bearer trc_" + strings.Repeat("a", 43)} {
		_, err := h.bearer(t, header)
		wantKind(t, err, tracardi.Unauthenticated)
	}
	_, _, err = h.cookie(t, "guess")
	wantKind(t, err, tracardi.Unauthenticated)
}

func TestStaticToken(t *testing.T) {
	const secret = "0123456789abcdef"
	h := open(t, auth.Options{AdminToken: secret})
	actor, err := h.bearer(t, "bearer "+secret)
	if err != nil || actor.Role != auth.Admin || actor.IsUser() || !actor.Has("users:write") {
		t.Errorf("got %+v, %v", actor, err)
	}
	for _, wrong := range []string{secret + "0", secret[1:], ""} {
		_, err := h.bearer(t, "Bearer "+wrong)
		wantKind(t, err, tracardi.Unauthenticated)
	}
	_, err = auth.New(auth.Options{AdminToken: "only15character"})
	wantKind(t, err, tracardi.Invalid)
}

func TestSweepRemovesWhatExpired(t *testing.T) {
	h := open(t, auth.Options{AdminToken: "0123456789abcdef"})
	h.createUser(t, "ann@example.com", auth.Admin)
	old := h.login(t, "ann@example.com", password)
	admin, err := h.bearer(t, "Bearer 0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	for name, expires := range map[string]time.Time{"short": h.now.Add(time.Hour), "long": h.now.AddDate(1, 0, 0), "endless": {}} {
		if _, _, err := h.CreateToken(t.Context(), admin, auth.NewToken{Name: name, Role: auth.Viewer, Expires: expires}); err != nil {
			t.Fatal(err)
		}
	}
	h.now = h.now.Add(13 * time.Hour)
	fresh := h.login(t, "ann@example.com", password)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := h.stored(t)
	if strings.Count(all, "session ") != 1 || strings.Count(all, "token ") != 2 || strings.Contains(all, "short") {
		t.Errorf("left behind:\n%s", all)
	}
	h.actor(t, fresh)
	_, _, err = h.cookie(t, old)
	wantKind(t, err, tracardi.Unauthenticated)
}
