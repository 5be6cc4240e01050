package eventtype_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/eventtype"
)

// TestCatalogue proves that each path of the catalogue leads somewhere and that each word is known.
func TestCatalogue(t *testing.T) {
	if len(eventtype.All()) != 66 {
		t.Errorf("got %d types, want 66", len(eventtype.All()))
	}
	if !slices.IsSortedFunc(eventtype.All(), func(a, b *eventtype.Type) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the types are not in order")
	}
	kinds := []string{"string", "number", "integer", "array", "object", "time", "url"}
	states := []string{"", "awareness", "consideration", "purchase", "retention", "advocacy"}
	ops := []eventtype.Operation{
		eventtype.Equals, eventtype.IfMissing, eventtype.Append, eventtype.Merge, eventtype.Delete, eventtype.Add, eventtype.Subtract,
	}
	functions := []eventtype.Function{
		eventtype.CheckoutCompletion, eventtype.IncreaseInterest, eventtype.DecreaseInterest, eventtype.ResetInterest,
	}
	seen := map[string]bool{}
	for _, typ := range eventtype.All() {
		if typ.ID == "" || seen[typ.ID] || typ.Name == "" || typ.Domain == "" || !strings.HasSuffix(typ.Description, ".") {
			t.Errorf("%s: no name, domain or description, or listed twice", typ.ID)
		}
		seen[typ.ID] = true
		if !slices.Contains(states, typ.State) || !slices.Contains(states, typ.ReturningState) {
			t.Errorf("%s: unknown state %q", typ.ID, typ.State)
		}
		for _, p := range typ.Properties {
			if p.Path == "" || !slices.Contains(kinds, p.Type) {
				t.Errorf("%s: property %q of kind %q", typ.ID, p.Path, p.Type)
			}
		}
		for _, c := range typ.Copy {
			if c.From[0] != "properties" || !takes(&tracardi.Event{}, c.To) {
				t.Errorf("%s: copy of %v to %v", typ.ID, c.From, c.To)
			}
		}
		for _, c := range typ.Profile {
			if !takes(&tracardi.Profile{}, c.To) || !slices.Contains(ops, c.Op) {
				t.Errorf("%s: %s of %v", typ.ID, c.Op, c.To)
			}
			if sources := len(c.From) > 0 || c.Number != 0; sources == (c.Op == eventtype.Delete) {
				t.Errorf("%s: %s of %v with a wrong source", typ.ID, c.Op, c.To)
			}
		}
		for _, c := range typ.Compute {
			if !slices.Contains(functions, c.Function) {
				t.Errorf("%s: unknown function %q", typ.ID, c.Function)
			}
		}
	}
}

// takes tells whether a document has a field for some kind of value.
func takes(doc interface{ Set(any, ...string) error }, path []string) bool {
	for _, value := range []any{"text", 1.0, []any{1.0, 2.0}, map[string]any{}} {
		if doc.Set(value, path...) == nil {
			return true
		}
	}
	return false
}

// TestProfileReadsWhatIsCopied finds mappings that can never fire: they read a part of the event that nothing writes.
func TestProfileReadsWhatIsCopied(t *testing.T) {
	never := map[string][]string{}
	for _, typ := range eventtype.All() {
		for _, c := range typ.Profile {
			if len(c.From) == 0 || c.From[0] == "properties" {
				continue
			}
			if !slices.ContainsFunc(typ.Copy, func(copied eventtype.Copy) bool { return slices.Equal(copied.To, c.From) }) {
				never[typ.ID] = append(never[typ.ID], strings.Join(c.From, "."))
			}
		}
	}
	if diff := cmp.Diff(map[string][]string{}, never); diff != "" {
		t.Error(diff)
	}
}

func TestLookup(t *testing.T) {
	location, ok := eventtype.Lookup("location")
	if !ok {
		t.Fatal("location is missing")
	}
	want := []eventtype.Copy{
		{To: eventtype.Path{"device", "geo", "location"}, From: eventtype.Path{"properties", "location"}},
		{To: eventtype.Path{"device", "geo", "longitude"}, From: eventtype.Path{"properties", "location", "0"}},
		{To: eventtype.Path{"device", "geo", "latitude"}, From: eventtype.Path{"properties", "location", "1"}},
	}
	if diff := cmp.Diff(want, location.Copy); diff != "" {
		t.Error(diff)
	}
	if _, ok := eventtype.Lookup("no-such"); ok {
		t.Error("an unknown type was found")
	}
	removed, _ := eventtype.Lookup("loyalty-card-removed")
	for _, c := range removed.Profile {
		if c.Op != eventtype.Delete {
			t.Errorf("%v is not deleted", c.To)
		}
	}
}

func TestTypesAreWrittenAsTheyAreRead(t *testing.T) {
	source, err := os.ReadFile("types.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(eventtype.All())
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if json.Unmarshal(source, &want) != nil || json.Unmarshal(text, &got) != nil {
		t.Fatal("not JSON")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
