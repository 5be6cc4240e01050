package identity_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/internal/identity"
)

var secret = []byte("0123456789abcdef")

func TestHash(t *testing.T) {
	hasher := identity.New(secret)
	same := func(field, a, b string) {
		t.Helper()
		idA, okA := hasher.Hash(field, a)
		idB, okB := hasher.Hash(field, b)
		if !okA || !okB || idA != idB {
			t.Errorf("%s: %q is %q, %q is %q; want one id", field, a, idA, b, idB)
		}
	}
	same("data.contact.email.main", "Ann@Example.com", " ann@example.com\n")
	same("data.contact.phone.main", "+420 (123) 456-789", "+420123456789")
	same("data.identifier.pk", "AB-1", "ab-1 ")

	differ := func(fieldA, a, fieldB, b string) {
		t.Helper()
		idA, _ := hasher.Hash(fieldA, a)
		idB, _ := hasher.Hash(fieldB, b)
		if idA[4:] == idB[4:] {
			t.Errorf("%s %q and %s %q have one hash", fieldA, a, fieldB, b)
		}
	}
	differ("data.contact.email.main", "a@example.com", "data.contact.email.private", "a@example.com")
	differ("data.identifier.pk", "ab-1", "data.identifier.pk", "ab1")

	none := func(h *identity.Hasher, field, value string) {
		t.Helper()
		if id, ok := h.Hash(field, value); ok || id != "" {
			t.Errorf("%s %q: got %q, want none", field, value, id)
		}
	}
	none(hasher, "data.pii.firstname", "Ann")
	none(hasher, "data.contact.email.main", "  ")
	none(hasher, "data.contact.phone.main", "( ) -")
	none(nil, "data.contact.email.main", "a@example.com")
	none(identity.New(nil), "data.contact.email.main", "a@example.com")

	// A stored id must be found again by every later version.
	const want = "emm-a0adf805-8675-8d31-a03a-055e4813eead"
	if id, _ := hasher.Hash("data.contact.email.main", "ann@example.com"); id != want {
		t.Errorf("got %s, want %s", id, want)
	}
	if id, _ := identity.New([]byte("another secret!!")).Hash("data.contact.email.main", "ann@example.com"); id == want {
		t.Error("the secret makes no difference")
	}
}

func TestHashesLookLikeIDs(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]{3}-[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	hasher := identity.New(secret)
	prefixes := map[string]bool{}
	for _, field := range identity.Fields() {
		rapid.Check(t, func(t *rapid.T) {
			value := rapid.String().Draw(t, "value")
			id, ok := hasher.Hash(field, value)
			if ok != (identity.Normalize(field, value) != "") {
				t.Fatalf("%q: ok is %v", value, ok)
			}
			again, _ := hasher.Hash(field, " "+identity.Normalize(field, value))
			if ok && (!shape.MatchString(id) || id != again) {
				t.Fatalf("%q: %s, again %s", value, id, again)
			}
		})
		id, _ := hasher.Hash(field, "1")
		prefixes[strings.SplitN(id, "-", 2)[0]] = true
	}
	if len(prefixes) != 9 {
		t.Errorf("got prefixes %v, want nine", prefixes)
	}
}

func TestNormalize(t *testing.T) {
	f := func(field, value, want string) {
		t.Helper()
		if got := identity.Normalize(field, value); got != want {
			t.Errorf("%s %q: got %q, want %q", field, value, got, want)
		}
	}
	f("data.contact.email.business", " A.B@Example.COM ", "a.b@example.com")
	f("data.contact.phone.mobile", "\t(020) 7946\u00a00-123 ", "02079460123")
	f("data.identifier.id", " Ab ", "Ab")
	f("data.pii.lastname", " O'Neil-Ray ", "O'Neil-Ray")
}

func TestPrimary(t *testing.T) {
	f := func(want string, ids ...string) {
		t.Helper()
		if got := identity.Primary(ids); got != want {
			t.Errorf("%v: got %q, want %q", ids, got, want)
		}
	}
	f("")
	f("", "random", "emb-1", "pho-2")
	f("phm-1", "random", "phm-1", "phm-2")
	f("emm-1", "phm-1", "emm-1")
	f("iid-1", "phm-1", "emm-1", "iid-1")
	f("ipk-1", "phm-1", "emm-1", "iid-1", "ipk-1")
}

func TestID(t *testing.T) {
	h := identity.New([]byte("0123456789abcdef"))
	id := h.ID(identity.UserPrefix, "Ann")
	if !strings.HasPrefix(id, "uid-") || len(id) != len("uid-")+36 || strings.Contains(id, "Ann") {
		t.Errorf("id %q", id)
	}
	if h.ID(identity.UserPrefix, "Ann") != id {
		t.Error("the same text makes another id")
	}
	for name, other := range map[string]string{
		"case":           h.ID(identity.UserPrefix, "ann"),
		"prefix":         "uid-" + strings.TrimPrefix(h.ID("aid-", "Ann"), "aid-"),
		"secret":         identity.New([]byte("another secret!!")).ID(identity.UserPrefix, "Ann"),
		"further part":   h.ID(identity.UserPrefix, "Ann", ""),
		"parts together": h.ID(identity.UserPrefix, "A", "nn"),
	} {
		if other == id {
			t.Errorf("another %s makes the same id", name)
		}
	}
	if id := (*identity.Hasher)(nil).ID("aid-", "x"); id != "" {
		t.Errorf("an id without a secret: %q", id)
	}
}
