package personal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/personal"
)

func TestMask(t *testing.T) {
	f := func(document, want string) {
		t.Helper()
		if diff := cmp.Diff(want, string(personal.Mask([]byte(document)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", document, diff)
		}
	}
	f(`{"id":"p","ids":["p","emm-1"],"primary_id":"77"}`, `{"id":"p","ids":["p","emm-1"],"primary_id":"•••"}`)
	f(`{"data":{"pii":{"firstname":"Ann","age":7,"has":true,"x":null,"l":["a",1]},"ec":{"total":1.50}}}`,
		`{"data":{"pii":{"firstname":"•••","age":"•••","has":true,"x":null,"l":["•••","•••"]},"ec":{"total":1.50}}}`)
	f(`{"traits":{"First_Name":"Ann","plan":"pro","E-Mail":{"home":"x"}}}`, `{"traits":{"First_Name":"•••","plan":"pro","E-Mail":{"home":"•••"}}}`)
	f(`{"properties":{"note":"write to ann@example.com","url":"https://x.example/?u=ann%40example.com","user":"@ann","big":12345678901234567890}}`,
		`{"properties":{"note":"•••","url":"•••","user":"@ann","big":12345678901234567890}}`)
	f(`{"metadata":{"ip":"192.0.2.1","fields":{"data.contact.email.main":["2026-01-01T00:00:00Z","e1","x"],"traits.plan":["2026-01-01T00:00:00Z","e2","free"]}}}`,
		`{"metadata":{"ip":"•••","fields":{"data.contact.email.main":["2026-01-01T00:00:00Z","e1","•••"],"traits.plan":["2026-01-01T00:00:00Z","e2","free"]}}}`)
	f(`{"device":{"geo":{"city":"Łódź","latitude":1,"location":[1,2]}},"name":"Page View"}`,
		`{"device":{"geo":{"city":"Łódź","latitude":"•••","location":["•••","•••"]}},"name":"Page View"}`)
	f(`{"form":"a=1&first_name=Ann","formula":"a=1","inner":"{\"email\":\"x\"}","billingEmail":"x","iphone":1}`,
		`{"form":"•••","formula":"a=1","inner":"{\"email\":\"•••\"}","billingEmail":"•••","iphone":"•••"}`)
	f(`{"a":`, `null`)
	f(`{} {}`, `null`)
}

func TestDocument(t *testing.T) {
	got := string(personal.Document([]byte(`{"id":"CARD-1","properties":{"id":"CARD-1","n":1234567,"short":"no"},` +
		`"data":{"loyalty":{"card":{"id":"CARD-1","n":1234567,"short":"no"}}}}`)))
	want := `{"id":"CARD-1","properties":{"id":"•••","n":"•••","short":"no"},"data":{"loyalty":{"card":{"id":"•••","n":"•••","short":"•••"}}}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPath(t *testing.T) {
	for path, want := range map[string]bool{
		"data.contact.email.main": true, "data.pii": true, "data": false, "data.ec.order": false, "type": false, "profile.id": false,
		"properties.phone-number": true, "context.page.url": false, "traits.IP Address": true, "name": false, "traits.name": true,
		"metadata.fields.data.contact.email.main.2": true, "device.geo.city": false, "device.geo.location.0": true,
	} {
		if got := personal.Path(strings.Split(path, ".")...); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestValue(t *testing.T) {
	f := func(value any, want any, path ...string) {
		t.Helper()
		if diff := cmp.Diff(want, personal.Value(value, path...)); diff != "" {
			t.Error(diff)
		}
	}
	f("Ann", "•••", "data", "pii", "firstname")
	f(true, true, "data", "pii", "consent")
	f("pro", "pro", "traits", "plan")
	f([]any{"ann@example.com", map[string]any{"email": 7.0, "n": 1.0}}, []any{"•••", map[string]any{"email": "•••", "n": 1.0}}, "traits", "list")
}

// FuzzMask checks that the result is JSON whatever comes in, and that no address is left.
func FuzzMask(f *testing.F) {
	f.Add(`{"a":{"email":"x@y.z"},"metadata":{"fields":{"a":[1,2,{"b":"x@y.zz"}]}}}`)
	f.Add(`[{"a":"\ud800","a":1e999}]`)
	f.Fuzz(func(t *testing.T, document string) {
		got := personal.Mask([]byte(document))
		if !json.Valid(got) {
			t.Errorf("%q became %q", document, got)
		}
		var value any
		if json.Unmarshal(got, &value) == nil {
			look(t, value)
		}
	})
}

func look(t *testing.T, value any) {
	switch value := value.(type) {
	case string:
		if personal.Text(value) != value {
			t.Errorf("%q is left", value)
		}
	case []any:
		for _, item := range value {
			look(t, item)
		}
	case map[string]any:
		for name, item := range value {
			look(t, name)
			look(t, item)
		}
	}
}
