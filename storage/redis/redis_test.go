package redis_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/redis"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// The client looks at most once a second whether its server is part of a cluster; the timer of that ends by itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1"))
}

// address returns the URL of the test server, with a prefix of its own.
func address(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(storagetest.Server(t, "TRACARDI_TEST_REDIS_URL"))
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = url.Values{"prefix": {"test-" + rand.Text()}}.Encode()
	return u.String()
}

func TestCache(t *testing.T) {
	addresses := map[storage.Cache]string{}
	open := func(t *testing.T, address string) storage.Cache {
		c, err := redis.OpenCache(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		addresses[c] = address
		return c
	}
	fresh := func(t *testing.T) storage.Cache { return open(t, address(t)) }
	peer := func(t *testing.T, c storage.Cache) storage.Cache { return open(t, addresses[c]) }
	storagetest.Cache(t, fresh, storagetest.Options[storage.Cache]{Peer: peer})
}

func TestLocks(t *testing.T) {
	addresses := map[storage.Locks]string{}
	open := func(t *testing.T, address string) storage.Locks {
		l, err := redis.OpenLocks(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		addresses[l] = address
		return l
	}
	fresh := func(t *testing.T) storage.Locks { return open(t, address(t)) }
	peer := func(t *testing.T, l storage.Locks) storage.Locks { return open(t, addresses[l]) }
	storagetest.Locks(t, fresh, storagetest.Options[storage.Locks]{Peer: peer})
}

func TestURLsAreExplained(t *testing.T) {
	for address, want := range map[string]string{
		"memcached://host":                             "memcached",
		"redis:///1":                                   "no server",
		"redis://ann:open-sesame%@host":                "%25",
		"redis://ann:open-sesame@host/cdp":             `"cdp"`,
		"redis://ann:open-sesame@host?ttl=5":           `"ttl"`,
		"redis://ann:open-sesame@host?prefix=a{b}":     "prefix",
		"redis://ann:open-sesame@host?ca=x.pem":        "rediss:",
		"rediss://ann:open-sesame@host?ca=/no/such":    "/no/such",
		"rediss://ann:open-sesame@host?ca=locks.go":    "PEM",
		"rediss://ann:open-sesame@host?prefix=&zone=b": "prefix",
	} {
		wantError(t, redis.CheckURL(address), tracardi.Invalid, "cache-url", want)
	}
	for _, address := range []string{"redis://host", "redis://:secret@host:1/2?prefix=a", "rediss://ann:x@host?master=main"} {
		if err := redis.CheckURL(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	_, err := redis.OpenCache(t.Context(), "redis://ann:open-sesame@127.0.0.1:1")
	wantError(t, err, tracardi.Unavailable, "127.0.0.1:1", "cannot be reached")
	u, err := url.Parse(address(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("ann", "open-sesame")
	_, err = redis.OpenLocks(t.Context(), u.String())
	wantError(t, err, tracardi.Invalid, "refuses the user")
}

func wantError(t *testing.T, err error, kind tracardi.Kind, parts ...string) {
	t.Helper()
	if err == nil || tracardi.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	if strings.Contains(err.Error(), "open-sesame") {
		t.Errorf("the password is in %q", err)
	}
}
