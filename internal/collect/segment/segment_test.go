package segment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect/segment"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/storage"
)

func TestCalls(t *testing.T) {
	e := newEdge(t)
	for _, c := range []struct{ path, body, want string }{
		{"/v1/track", `{"anonymousId":"a1","event":"Order Completed","properties":{"total":9.5},"messageId":"m1"}`, `type = "order-completed" AND properties.total = 9.5`},
		{"/v1/t/", `{"anonymousId":"a1","event":"Letter","writeKey":"key"}`, `type = "letter"`},
		{"/v1/identify", `{"userId":7,"anonymousId":"a1","traits":{"email":"ann@shop.example"}}`, `type = "profile-update" AND properties.identifier.id = "7"`},
		{"/v1/i", `{"userId":"8","traits":{}}`, `type = "profile-update" AND properties.identifier.id = "8"`},
		{"/v1/page", `{"anonymousId":"a1","name":"Home","properties":{"url":"https://shop.example/","title":"Shop","referrer":"https://search.example/?q=1"}}`, `type = "page-view" AND hit.name = "Shop" AND hit.referer = "search.example" AND properties.name = "Home"`},
		{"/v1/p", `{"anonymousId":"a1","name":"P"}`, `type = "page-view" AND properties.name = "P"`},
		{"/v1/screen", `{"anonymousId":"a1","name":"Cart","category":"Buy"}`, `type = "screen-view" AND properties.category = "Buy"`},
		{"/v1/s", `{"anonymousId":"a1","name":"S"}`, `type = "screen-view" AND properties.name = "S"`},
		{"/v1/group", `{"userId":"7","groupId":"g1","traits":{"name":"Acme"}}`, `type = "group" AND properties.id = "g1" AND properties.traits.name = "Acme"`},
		{"/v1/g", `{"userId":"7","groupId":"g2"}`, `type = "group" AND properties.id = "g2"`},
		{"/v1/alias", `{"userId":"7","previousId":"a9"}`, `type = "alias" AND properties.previous_id = "a9"`},
		{"/v1/a", `{"userId":"7","previousId":"a8"}`, `type = "alias" AND properties.previous_id = "a8"`},
		{"/v1/batch", `{"batch":[{"type":"track","userId":"7","event":"B"}],"sentAt":null}`, `type = "b"`},
		{"/v1/batch/", `{"batch":[{"type":"track","userId":"7","event":"B2"}]}`, `type = "b2"`},
		{"/v1/b", `{"batch":[{"type":"track","userId":"7","event":"B3"}]}`, `type = "b3"`},
		{"/v1/import", `{"batch":[{"type":"track","userId":"7","event":"Old","timestamp":"2020-01-02T03:04:05Z"}]}`, `type = "old"`},
		{"/v1/merge", `{"mergeProperties":[{"type":"email","value":"bob@shop.example"},{"type":"mobile","value":"+1 555"}]}`, `type = "merge"`},
		{"/beacon/v1/batch?writeKey=key", `{"batch":[{"type":"track","anonymousId":"a1","event":"Beacon"}]}`, `type = "beacon"`},
	} {
		status, text, _ := e.post(c.path, "", c.body, "Content-Type", "text/plain")
		if !strings.Contains(c.body+c.path, "ey\":\"key") && !strings.Contains(c.path, "writeKey") {
			if status != 401 {
				t.Errorf("%s without a key: %d %s", c.path, status, text)
			}
			e.taken(c.path, c.body)
		} else if status != 200 {
			t.Errorf("%s: %d %s", c.path, status, text)
		}
		if n := e.count(storage.Events, c.want); n != 1 {
			t.Errorf("%s: %d events with %s, want 1", c.path, n, c.want)
		}
	}
}

func TestOneVisitorIsOneProfile(t *testing.T) {
	e := newEdge(t)
	e.taken("/v1/track", `{"anonymousId":"a1","event":"Seen"}`)
	e.taken("/v1/identify", `{"userId":"7","anonymousId":"a1","traits":{"email":"Ann@shop.example","firstName":"Ann","plan":"pro","address":{"city":"Brno","floor":3},"company":{"name":"Acme","industry":"toys"},"phone":null}}`)
	e.taken("/v1/alias", `{"userId":"7","previousId":"old"}`)
	e.taken("/v1/batch", `{"batch":[{"type":"track","userId":"7","event":"One"},{"type":"track","anonymousId":"a1","event":"Two"},{"type":"track","userId":"old","event":"Three"},{"type":"track","userId":"9","event":"Other"}]}`)
	if n := e.count(storage.Profiles, ""); n != 2 {
		t.Errorf("%d profiles, want those of 7 and 9", n)
	}
	p := e.only(storage.Profiles, `data.contact.email.main = "Ann@shop.example"`)
	e.says(p, `"Ann"`, "data", "pii", "firstname")
	e.says(p, `"7"`, "data", "identifier", "id")
	e.says(p, `"Brno"`, "data", "contact", "address", "town")
	e.says(p, `"Acme"`, "data", "job", "company", "name")
	e.says(p, `{"address":{"floor":3},"plan":"pro"}`, "traits")
	ids, _ := p.Get("ids")
	if text := fmt.Sprint(ids); strings.Contains(text, "a1") && strings.Contains(text, " a1") || p.Text("id") == "7" {
		t.Errorf("ids can be guessed: %s %s", p.Text("id"), text)
	}
	e.taken("/v1/group", `{"userId":"7","groupId":"acme","traits":{"name":"Acme","employees":12}}`)
	e.taken("/v1/group", `{"userId":"9","groupId":"acme","traits":{"employees":13}}`)
	g := e.only(storage.Entities, `type = "group" AND properties.id = "acme"`)
	e.says(g, `"group:acme"`, "id")
	e.says(g, `{"employees":13,"name":"Acme"}`, "traits")
	if n := e.count(storage.Profiles, `data.identifier.groups CONTAINS "acme"`); n != 2 {
		t.Errorf("%d members, want 7 and 9", n)
	}
	for _, name := range []string{"seen", "profile-update", "alias", "one", "two", "three"} {
		if n := e.count(storage.Events, fmt.Sprintf(`type = %q AND profile.id = %q`, name, p.Text("id"))); n != 1 {
			t.Errorf("%d events %s of the profile, want 1", n, name)
		}
	}
}

// TestOneBatchOfManyPeople sends people who have to do with each other all at once: what belongs together keeps its order.
func TestOneBatchOfManyPeople(t *testing.T) {
	e := newEdge(t)
	var messages []string
	for i := range 400 {
		person := i % 37
		messages = append(messages,
			fmt.Sprintf(`{"type":"identify","userId":"u%d","anonymousId":"a%d","traits":{"step":%d}}`, person, person, i),
			fmt.Sprintf(`{"type":"group","userId":"u%d","groupId":"g%d","traits":{"step":%d}}`, person, i%3, i),
			fmt.Sprintf(`{"type":"track","anonymousId":"a%d","event":"Seen"}`, person))
	}
	e.taken("/v1/batch", `{"batch":[`+strings.Join(messages, ",")+`]}`)
	if n := e.count(storage.Profiles, ""); n != 37 {
		t.Errorf("%d profiles, want 37", n)
	}
	for person := range 37 {
		last := 399 - (399-person)%37
		if n := e.count(storage.Profiles, fmt.Sprintf(`data.identifier.id = "u%d" AND traits.step = %d`, person, last)); n != 1 {
			t.Errorf("%d profiles of u%d with step %d, want 1", n, person, last)
		}
	}
	for group := range 3 {
		e.says(e.only(storage.Entities, fmt.Sprintf(`properties.id = "g%d"`, group)), fmt.Sprint(399-(399-group)%3), "traits", "step")
	}
	if n := e.count(storage.Events, `type IN ["seen", "group", "profile-update"]`); n != 1200 {
		t.Errorf("%d events, want 1200", n)
	}
}

func TestMessageIDMakesItIdempotent(t *testing.T) {
	e := newEdge(t)
	one := `{"type":"track","userId":"7","event":"Paid","messageId":"m1"}`
	batch := `{"batch":[` + one + `,` + one + `,{"type":"track","userId":"8","event":"Paid","messageId":"m1"},{"type":"track","userId":"8","event":"Seen","messageId":"m2"}]}`
	for range 3 {
		e.taken("/v1/batch", batch)
	}
	if n := e.count(storage.Events, `type = "paid"`); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	if n := e.count(storage.Events, `type = "seen"`); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	if status, text, _ := e.post("/v1/batch", "rudder-key", batch); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if n := e.count(storage.Events, `type = "paid"`); n != 2 {
		t.Errorf("%d events, want one of each source", n)
	}
}

func TestClocks(t *testing.T) {
	e := newEdge(t)
	now := time.Now().UTC()
	for i, c := range []struct {
		path, timestamp, sent string
		want                  time.Time // zero: refused
	}{
		{"/v1/track", "", "", now},
		{"/v1/track", "2026-01-31T10:00:00Z", "", time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)},
		{"/v1/track", "2001-01-01T00:00:00Z", "2001-01-01T00:05:00.000Z", now.Add(-5 * time.Minute)},
		{"/v1/track", "1970-01-01T00:00:01Z", "1970-01-01T00:00:31+00:00", now.Add(-30 * time.Second)},
		{"/v1/track", "9999-01-01T00:00:00Z", "9999-01-01T00:05:00Z", now.Add(-5 * time.Minute)},
		{"/v1/track", "9999-01-01T00:00:00Z", "", time.Time{}},
		{"/v1/track", "9999-12-31T23:59:59Z", now.Format(time.RFC3339), time.Time{}},
		{"/v1/track", "0001-01-01T00:00:00Z", "", time.Time{}},
		{"/v1/track", "0001-01-01T00:00:00Z", now.Format(time.RFC3339), time.Time{}},
		{"/v1/track", "yesterday", "", time.Time{}},
		{"/v1/import", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)},
	} {
		name := fmt.Sprintf("e%d", i)
		message := fmt.Sprintf(`{"type":"track","userId":"7","event":%q,"timestamp":%q,"sentAt":%q}`, name, c.timestamp, c.sent)
		if c.path == "/v1/import" {
			message = fmt.Sprintf(`{"batch":[%s],"sentAt":%q}`, message, c.sent)
		}
		status, text, _ := e.post(c.path, "key", message)
		if c.want.IsZero() {
			if status != 400 || !strings.Contains(text, "timestamp: ") || e.count(storage.Events, `type = "`+name+`"`) != 0 {
				t.Errorf("%s sent %s: %d %s", c.timestamp, c.sent, status, text)
			}
			continue
		}
		if status != 200 {
			t.Errorf("%s sent %s: %d %s", c.timestamp, c.sent, status, text)
			continue
		}
		got, err := tracardi.ParseTime(e.only(storage.Events, `type = "`+name+`"`).Text("metadata", "time", "insert"))
		if err != nil || got.Sub(c.want).Abs() > 20*time.Second {
			t.Errorf("%s sent %s happened at %v, want %v", c.timestamp, c.sent, got, c.want)
		}
	}
}

func TestBrowserLibraries(t *testing.T) {
	e := newEdge(t)
	host := strings.TrimPrefix(e.server.URL, "http://")
	status, text, _ := e.do("GET", "/v1/projects/key/settings", "", "")
	if status != 200 || !strings.Contains(text, `"apiHost":"`+host+`/v1"`) || !strings.Contains(text, `"apiKey":"key"`) || !strings.Contains(text, `"protocol":"http"`) {
		t.Errorf("settings: %d %s", status, text)
	}
	if status, text, _ = e.do("GET", "/v1/projects/wrong/settings", "", ""); status != 401 {
		t.Errorf("settings of a wrong key: %d %s", status, text)
	}
	status, text, _ = e.do("GET", "/sourceConfig/?writeKey=rudder-key&v=3", "", "")
	if status != 200 || !strings.Contains(text, `"writeKey":"rudder-key"`) || !strings.Contains(text, `"destinations":[]`) {
		t.Errorf("sourceConfig: %d %s", status, text)
	}
	status, _, header := e.do("OPTIONS", "/v1/t", "", "", "Origin", "https://shop.example", "Access-Control-Request-Headers", "authorization")
	if status != 204 || header.Get("Access-Control-Allow-Headers") != "authorization" {
		t.Errorf("preflight: %d %v", status, header)
	}
	status, text, header = e.do("GET", "/pixel/v1/track?writeKey=rudder-key&anonymousId=a1&event=Opened&properties.mail=m7", "", "")
	if status != 200 || header.Get("Content-Type") != "image/gif" || !strings.HasPrefix(text, "GIF89a") {
		t.Errorf("pixel: %d %v", status, header)
	}
	if n := e.count(storage.Events, `type = "opened" AND properties.mail = "m7"`); n != 1 {
		t.Errorf("%d events of the pixel, want 1", n)
	}
	if status, text, _ = e.post("/v1/m", "", `{"series":[]}`); status != 200 {
		t.Errorf("metrics: %d %s", status, text)
	}
	agent := "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	e.taken("/v1/track", `{"anonymousId":"server","event":"From Server","context":{"ip":"203.0.113.9","userAgent":"`+agent+`","timezone":"Europe/Warsaw","campaign":{"name":"spring"}}}`)
	event := e.only(storage.Events, `type = "from-server"`)
	e.says(event, `"203.0.113.9"`, "metadata", "ip")
	e.says(event, `"spring"`, "utm", "campaign")
	e.says(event, `"Firefox"`, "app", "name")
}

func FuzzBatch(f *testing.F) {
	f.Add(`{"batch":[{"type":"track","userId":"7","event":"Good"},{"type":"merge","mergeProperties":[{"type":"email","value":"x"},{"type":"a","value":1}]}]}`)
	f.Add(`{"batch":[{"type":"alias","userId":"7","previousId":2,"context":{"page":{"referrer":":"},"campaign":7,"screen":[]},"timestamp":"1"}]}`)
	hasher := identity.New(make([]byte, 32))
	f.Fuzz(func(t *testing.T, text string) {
		payloads := segment.Decode([]byte(text), hasher)
		for _, p := range payloads {
			if p.Session == "" || len(p.Known) == 0 || len(p.Known) > 4 || len(p.Events) == 0 {
				t.Errorf("payload %+v", p)
			}
			for _, e := range p.Events {
				if e.Type == "" || len(e.Type) > 200 {
					t.Errorf("event %+v", e)
				}
			}
			if _, err := json.Marshal(p); err != nil {
				t.Errorf("%v", err)
			}
		}
	})
}
