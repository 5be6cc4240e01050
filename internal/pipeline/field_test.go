package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

func TestSetField(t *testing.T) {
	w := nextRequest()
	w.Profile.Data = free(`{"pii":{"lastname":"Ray","attributes":{"height":180}},"preferences":{"colors":["red"]}}`)
	first, second := &tracardi.Event{ID: "e1"}, &tracardi.Event{ID: "e2"}
	f := func(e *tracardi.Event, value any, path string, wantChanged bool, wantOrigin string) {
		t.Helper()
		w.ProfileChanged = false
		if err := w.SetField(e, value, strings.Split(path, ".")...); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if w.ProfileChanged != wantChanged {
			t.Errorf("%s = %v: changed is %v, want %v", path, value, w.ProfileChanged, wantChanged)
		}
		equal(t, path, at(w.Profile, "metadata", "fields", path), wantOrigin)
	}
	const at1, at2 = `["2026-03-04T12:01:30.000000Z","e1"`, `["2026-03-04T12:01:30.000000Z","e2"`
	f(first, "Ray", "data.pii.lastname", false, `null`)
	f(first, "Ann", "data.pii.firstname", true, at1+`]`)
	f(second, "Ann", "data.pii.firstname", false, at1+`]`)
	f(second, "Anna", "data.pii.firstname", true, at2+`,"Ann"]`)
	f(nil, "Anne", "data.pii.firstname", true, at2+`,"Ann"]`)
	f(first, 180, "data.pii.attributes.height", false, `null`)
	f(first, []string{"red"}, "data.preferences.colors", false, `null`)
	f(first, []any{"red", "blue"}, "data.preferences.colors", true, at1+`,["red"]]`)
	f(first, nil, "data.pii.nickname", false, `null`)
	f(second, nil, "data.pii.lastname", true, at2+`,"Ray"]`)
	f(first, map[string]any{"mail": map[string]any{"revoke": nil}}, "consents", true, at1+`]`)
	f(first, map[string]any{"mail": map[string]any{"revoke": nil}}, "consents", false, at1+`]`)
	f(first, 2.5, "interests.sport", true, at1+`]`)
	f(first, "pk-1", "primary_id", true, at1+`]`)
	f(first, true, "active", false, `null`)
	equal(t, "data", w.Profile.Data.Map(), `{"pii":{"attributes":{"height":180},"firstname":"Anne"},"preferences":{"colors":["red","blue"]}}`)

	for _, path := range []string{"", "id", "no-such.field", "stats.visits", "stats.visits.more", "metadata.fields"} {
		w.ProfileChanged = false
		if err := w.SetField(first, "text", strings.Split(path, ".")...); tracardi.KindOf(err) != tracardi.Invalid || w.ProfileChanged {
			t.Errorf("%q: got %v, changed %v, want an error", path, err, w.ProfileChanged)
		}
	}
	if err := w.SetField(first, "text"); tracardi.KindOf(err) != tracardi.Invalid {
		t.Errorf("no path: got %v", err)
	}
	w.Profile = nil
	if err := w.SetField(first, "Ann", "data", "pii", "firstname"); err != nil {
		t.Error(err)
	}
}

// TestSetFieldKeepsItsOwn proves that profile and giver share nothing: flows go on changing the giver.
func TestSetFieldKeepsItsOwn(t *testing.T) {
	w := nextRequest()
	tree := map[string]any{"list": []any{"a"}}
	if err := w.SetField(nil, tree, "traits", "t"); err != nil {
		t.Fatal(err)
	}
	tree["list"].([]any)[0] = "changed"
	tree["more"] = true
	equal(t, "traits", w.Profile.Traits.Map(), `{"t":{"list":["a"]}}`)
}

func TestFormerValuesAreCapped(t *testing.T) {
	f := func(former, want any) {
		t.Helper()
		w := nextRequest()
		w.Profile.Traits = tracardi.NewObject(map[string]any{"t": former})
		if err := w.SetField(&tracardi.Event{ID: "e1"}, "new", "traits", "t"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.Profile.Metadata.Fields["traits.t"].Former); diff != "" {
			t.Error(diff)
		}
	}
	f("short", "short")
	f(strings.Repeat("x", 5000), strings.Repeat("x", 1024))
	f(strings.Repeat("x", 1023)+"éé", strings.Repeat("x", 1023))
	f([]any{"a"}, []any{"a"})
	f([]any{strings.Repeat("x", 5000)}, nil)
	f(7.0, 7.0)
}

func TestHashedIDs(t *testing.T) {
	w := nextRequest()
	e := &tracardi.Event{ID: "e1"}
	id := func(field, value string) string {
		hashed, _ := w.Hasher.Hash(field, value)
		return hashed
	}
	set := func(value any, path string) {
		t.Helper()
		if err := w.SetField(e, value, strings.Split(path, ".")...); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"p1"}
	f := func(marked string, more ...string) {
		t.Helper()
		want = append(want, more...)
		if diff := cmp.Diff(want, w.Profile.IDs); diff != "" {
			t.Errorf("ids (-want +got):\n%s", diff)
		}
		equal(t, "auto_merge", at(w.Profile, "metadata", "system", "aux", "auto_merge"), marked)
	}
	set("Ann", "data.pii.firstname")
	f(`null`)
	set("Ann@Shop.example", "data.contact.email.main")
	f(`["data.contact.email.main"]`, id("data.contact.email.main", "ann@shop.example"))
	set(" ANN@shop.example ", "data.contact.email.main") // another spelling of the same
	f(`["data.contact.email.main"]`)
	set(nil, "data.contact.email.main")
	f(`["data.contact.email.main"]`)
	set(map[string]any{"phone": map[string]any{"main": "+420 1"}, "email": map[string]any{"main": "b@shop.example"}}, "data.contact")
	f(`["data.contact.email.main","data.contact.phone.main"]`,
		id("data.contact.email.main", "b@shop.example"), id("data.contact.phone.main", "+4201"))
	set(4711.0, "data.identifier.id")
	f(`["data.contact.email.main","data.contact.phone.main","data.identifier.id"]`, id("data.identifier.id", "4711"))
	set([]any{"x"}, "data.identifier.pk")
	f(`["data.contact.email.main","data.contact.phone.main","data.identifier.id"]`)

	w.Hasher = nil
	set("c@shop.example", "data.contact.email.main")
	f(`["data.contact.email.main","data.contact.phone.main","data.identifier.id"]`)
}

func TestKnownBy(t *testing.T) {
	stored := free(`{"contact":{"email":{"main":"ann@shop.example"}},"identifier":{"pk":"1"}}`)
	w := nextRequest()
	w.Profile.Data = stored.Clone()
	run(t, w, knownBy)
	if len(w.Profile.IDs) != 1 || w.ProfileChanged {
		t.Errorf("within a visit: %v", w.Profile.IDs)
	}
	w.SessionStarted = true
	run(t, w, knownBy)
	if len(w.Profile.IDs) != 3 || !w.ProfileChanged {
		t.Errorf("at the beginning of a visit: %v", w.Profile.IDs)
	}
	w.ProfileChanged = false
	run(t, w, knownBy)
	if len(w.Profile.IDs) != 3 || w.ProfileChanged {
		t.Errorf("a second time: %v", w.Profile.IDs)
	}
	w.Profile = nil
	run(t, w, knownBy)
}

func TestIDsAreLimited(t *testing.T) {
	w := nextRequest()
	for i := range 3 * maxIDs {
		if err := w.SetField(nil, float64(i), "data", "identifier", "id"); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.Profile.IDs) != maxIDs {
		t.Errorf("got %d ids", len(w.Profile.IDs))
	}
}
