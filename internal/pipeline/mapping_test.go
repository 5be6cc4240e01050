package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/eventtype"
)

func send(kind, properties string) tracardi.NewEvent {
	return tracardi.NewEvent{Type: kind, Properties: free(properties)}
}

func TestMapPredefined(t *testing.T) {
	// f sends events to a profile with data, and compares the last event's members and the profile's.
	f := func(data string, given []tracardi.NewEvent, wantEvent, wantProfile map[string]string) {
		t.Helper()
		w := nextRequest(given...)
		w.Profile.Data = free(data)
		run(t, w, events, mapPredefined)
		for path, want := range wantEvent {
			equal(t, "event "+path, at(w.Events[len(given)-1], strings.Split(path, ".")...), want)
		}
		for path, want := range wantProfile {
			equal(t, "profile "+path, at(w.Profile, strings.Split(path, ".")...), want)
		}
	}
	list := func(events ...tracardi.NewEvent) []tracardi.NewEvent { return events }
	type m = map[string]string

	f(`{}`, list(send("page-view", `{"id":7,"category":"shoes"}`)),
		m{"hit": `{"category":"shoes","id":"7"}`, "tags.values": `["activity:browsing","event:behavioral"]`, "journey.state": `"awareness"`}, nil)
	f(`{}`, list(send("product-clicked", `{"id":"1","price":9.5,"variant":{"color":"red"},"brand":null}`)),
		m{"data": `{"ec":{"product":{"id":"1","price":9.5,"variant":{"color":"red"}}}}`}, m{"data": `null`})
	f(`{"pii":{"lastname":"Ray"}}`, list(send("profile-update", `{"pii":{"firstname":"Ann"},"preferences":{"colors":"red","sizes":["M"]}}`)),
		m{"data.pii": `{"firstname":"Ann"}`, "journey.state": `"awareness"`},
		m{"data": `{"pii":{"firstname":"Ann","lastname":"Ray"},"preferences":{"colors":["red"],"sizes":["M"]}}`})
	f(`{}`, list(send("profile-update", `{"traits":{"plan":"free","seats":3,"a.b":[1],"":"x"}}`), send("profile-update", `{"traits":{"plan":"pro","seats":null,"none":null}}`)),
		nil, m{"traits": `{"":"x","a.b":[1],"plan":"pro"}`})
	f(`{}`, list(send("order-status-change", `{"id":"1","string":"old"}`)), m{"data.ec.order.status": `"old"`}, nil)
	f(`{}`, list(send("order-status-change", `{"id":"1","string":"old","status":"new"}`)), m{"data.ec.order.status": `"new"`}, nil)
	f(`{}`, list(send("delivery-info-entered", `{"order_id":"o1","delivery":{"town":"Brno"}}`)),
		m{"data.ec.order.id": `"o1"`}, m{"data": `{"contact":{"address":{"town":"Brno"}}}`})

	// Counters begin at 0 and take numbers that were sent as text.
	checkouts := list(send("checkout-started", `{"value":100}`), send("checkout-started", `{"value":"50.5"}`), send("checkout-completed", `{"value":50.5}`))
	f(`{}`, checkouts, m{"journey.state": `"purchase"`}, m{"data.metrics": `{"ltcocc":1,"ltcocv":50.5,"ltcop":0.5,"ltcosc":2,"ltcosv":150.5}`})
	f(`{"metrics":{"ltcosc":"3","ltcosv":1}}`, list(send("checkout-started", `{}`)), nil, m{"data.metrics": `{"ltcop":0,"ltcosc":4,"ltcosv":1}`})

	f(`{"preferences":{"colors":"red"}}`, list(send("add-color-preference", `{"color":"blue"}`), send("add-color-preference", `{"color":"red"}`)),
		m{"traits": `{"color":"red"}`}, m{"data.preferences.colors": `["red","blue"]`})
	f(`{}`, list(send("add-channel-preference", `{"channel":"mobile"}`)), nil, m{"data.preferences.channels": `["mobile"]`})
	f(`{}`, list(send("add-payment-preference", `{"payment":"card"}`)), nil, m{"data.preferences.payments": `["card"]`})
	f(`{"loyalty":{"card":{"id":"1","name":"Gold","points":5}}}`, list(send("loyalty-card-removed", `{"id":"1"}`)), nil, m{"data": `{"loyalty":{"card":{"points":5}}}`})
	f(`{"contact":{"email":{"main":"old@shop.example","private":null}}}`,
		list(send("message-received", `{"identity":{"email":{"main":"new@shop.example","private":"x@shop.example"},"phone":{"main":"1"}}}`)), nil,
		m{"data.contact": `{"email":{"main":"old@shop.example","private":null},"phone":{"main":"1"}}`})
	f(`{}`, list(send("sign-in", `{"pk":"k1","email":{"main":"ann@shop.example"}}`)), nil, m{"primary_id": `"k1"`, "data.identifier.pk": `"k1"`})
	f(`{}`, list(send("consent-update", `{"consents":{"mail":{"revoke":null}}}`), send("consent-update", `{"consents":{"ads":{"revoke":null}}}`)),
		nil, m{"consents": `{"ads":{"revoke":null}}`})
	f(`{}`, list(send("location", `{"location":[16.6,49.2]}`)),
		m{"device.geo": `{"latitude":49.2,"location":[16.6,49.2],"longitude":16.6}`},
		m{"data.devices.last.geo": `{"latitude":49.2,"location":[16.6,49.2],"longitude":16.6}`})

	f(`{}`, list(send("increase-interest", `{"interest":"sport"}`), send("increase-interest", `{"interest":"sport","value":1.5}`),
		send("decrease-interest", `{"interest":" music ","value":"2"}`), send("reset-interest", `{"interest":"art","value":4}`),
		send("reset-interest", `{"interest":"tea"}`)), nil, m{"interests": `{"art":4,"music":-2,"sport":2.5,"tea":1}`})

	f(`{}`, list(send("my-own-type", `{"id":"1"}`)), m{"data": `null`, "tags": `null`, "journey": `null`}, m{"data": `null`})
}

func TestMappingWarns(t *testing.T) {
	f := func(data string, given tracardi.NewEvent, want string) {
		t.Helper()
		w := nextRequest(given)
		w.Profile.Data = free(data)
		run(t, w, events, mapPredefined)
		if len(w.Warnings) == 0 || !strings.Contains(w.Warnings[0], want) || !w.Events[0].Metadata.Warning {
			t.Errorf("%s: got warnings %q, want one with %q", given.Type, w.Warnings, want)
		}
	}
	f(`{}`, send("page-view", `{"id":{"a":1}}`), "hit.id")
	f(`{"metrics":{"ltcosv":"many"}}`, send("checkout-started", `{"value":1}`), "data.metrics.ltcosv")
	f(`{}`, send("checkout-completed", `{"value":"much"}`), "data.metrics.ltcocv")
	f(`{}`, send("checkout-completed", `{"value":"Inf"}`), "data.metrics.ltcocv")
	f(`{}`, send("consent-update", `{"consents":"all"}`), "consents")
	f(`{}`, send("location", `{"location":"here"}`), "device.geo.location")
	f(`{}`, send("increase-interest", `{"value":1}`), "properties.interest")
	f(`{}`, send("increase-interest", `{"interest":"a","value":"b"}`), "properties.value")
	f(`{}`, send("increase-interest", `{"interest":"`+strings.Repeat("a", 201)+`"}`), "properties.interest")

	f(`{}`, send("profile-update", `{"traits":"tall"}`), "traits")
	f(`{}`, send("profile-update", `{"traits":{`+manyMembers(maxMembers+1)+`}}`), "at most 1000")

	w := nextRequest()
	for i := range 2 * maxInterests {
		w.Incoming = append(w.Incoming, send("increase-interest", fmt.Sprintf(`{"interest":"%d"}`, i)))
	}
	run(t, w, events, mapPredefined)
	if len(w.Profile.Interests) != maxInterests || len(w.Warnings) != maxWarnings {
		t.Errorf("got %d interests and %d warnings", len(w.Profile.Interests), len(w.Warnings))
	}
}

func manyMembers(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"%d":1`, i)
	}
	return strings.Join(members, ",")
}

func TestMappingSparesWhatItMust(t *testing.T) {
	w := nextRequest(send("sign-up", `{"firstname":"Ann"}`))
	run(t, w, events)
	w.Events[0].Metadata.Invalid = true
	run(t, w, mapPredefined)
	if w.ProfileChanged || !w.Events[0].Data.Empty() || len(w.Events[0].Tags) != 0 {
		t.Error("an invalid event was mapped")
	}

	w = nextRequest(send("sign-up", `{"firstname":"Ann"}`), send("page-view", `{}`))
	w.Profile = nil
	run(t, w, events, mapPredefined)
	equal(t, "data", at(w.Events[0], "data", "pii", "firstname"), `"Ann"`)
	equal(t, "state without a profile", at(w.Events[1], "journey"), `null`)

	// Tags and values belong to the event: changing them changes neither the catalogue nor what they were made from.
	w = nextRequest(send("product-clicked", `{"variant":{"color":"red"}}`))
	run(t, w, events, mapPredefined)
	e := w.Events[0]
	e.Tags[0] = "changed"
	e.Data.Set("blue", "ec", "product", "variant", "color")
	equal(t, "properties", at(e, "properties"), `{"variant":{"color":"red"}}`)
	if typ, _ := eventtype.Lookup("product-clicked"); typ.Tags[0] == "changed" {
		t.Error("the catalogue's tags changed")
	}
}

func TestJourneyOfReturningVisitors(t *testing.T) {
	f := func(visits int, want string) {
		t.Helper()
		w := nextRequest(send("page-view", `{}`), send("session-opened", `{}`))
		w.Profile.Metadata.Time.Visit.Count = visits
		run(t, w, events, mapPredefined)
		for _, e := range w.Events {
			if e.Journey != want {
				t.Errorf("%s at visit %d: got %q, want %q", e.Type, visits, e.Journey, want)
			}
		}
	}
	f(0, "awareness")
	f(1, "awareness")
	f(2, "consideration")
}

// TestMappingTwiceIsMappingOnce holds for all types but those that count.
func TestMappingTwiceIsMappingOnce(t *testing.T) {
	counts := map[string]bool{"checkout-started": true, "checkout-completed": true, "increase-interest": true, "decrease-interest": true}
	for _, typ := range eventtype.All() {
		if counts[typ.ID] {
			continue
		}
		properties := tracardi.Object{}
		for i, p := range typ.Properties {
			properties.Set(fmt.Sprintf("value %d", i), strings.Split(p.Path, ".")...)
		}
		w := nextRequest(tracardi.NewEvent{Type: typ.ID, Properties: properties})
		run(t, w, events, mapPredefined)
		once := string(w.Profile.AppendJSON(nil))
		w.ProfileChanged = false
		run(t, w, mapPredefined)
		if diff := cmp.Diff(once, string(w.Profile.AppendJSON(nil))); diff != "" || w.ProfileChanged {
			t.Errorf("%s changes the profile again:\n%s", typ.ID, diff)
		}
	}
}

func TestAppended(t *testing.T) {
	f := func(former, value any, want string) {
		t.Helper()
		equal(t, fmt.Sprint(former, " and ", value), appended(former, value), want)
	}
	f(nil, "a", `["a"]`)
	f("a", "a", `["a"]`)
	f("a", "b", `["a","b"]`)
	f([]any{"a", "b"}, []any{"b", "c", "c"}, `["a","b","c"]`)
	f([]any{map[string]any{"x": 1.0}}, map[string]any{"x": 1.0}, `[{"x":1}]`)
	f([]any{map[string]any{"x": 1.0}}, []any{[]any{1.0}, "x", 1.0, nil}, `[{"x":1},[1],"x",1,null]`)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 3000), func(i int) any { return float64(i) }), 0, 1500)
		former, value := values.Draw(t, "former"), values.Draw(t, "value")
		before := len(former)
		list := appended(former, value)
		if len(former) != before || len(list) > max(maxListed, len(former)) {
			t.Fatalf("%d and %d became %d", len(former), len(value), len(list))
		}
		if len(value) > 0 && len(former) == 0 && !contains(list, value[len(value)-1]) {
			t.Fatal("the newest value is lost")
		}
	})
}

// FuzzStages proves that no payload, however odd, brings a stage down, and that all documents can be stored afterwards.
func FuzzStages(f *testing.F) {
	f.Add("page-view", `{"id":1,"category":[]}`, `{"page":{"url":"https://a.example/?utm_source=x"},"location":{"latitude":1}}`, "en")
	f.Add("profile-update", `{"contact":{"email":"x"},"preferences":{"colors":{}},"identifier":7}`, `{"time":{"tz":"/"},"device":[]}`, "*")
	f.Add("location", `{"location":[1]}`, `{"location":7,"utm":"x","screen":{"local":[]}}`, ",;q")
	f.Add("consent-update", `{"consents":[]}`, `{"language":7,"language_codes":{"a":1}}`, "")
	f.Add("checkout-started", `{"value":1e999}`, `{}`, "")
	f.Fuzz(func(t *testing.T, kind, properties, context, accept string) {
		var given, around tracardi.Object
		if given.UnmarshalJSON([]byte(properties)) != nil || around.UnmarshalJSON([]byte(context)) != nil || !validJSON(properties, context) {
			return
		}
		w := firstVisit(tracardi.NewEvent{Type: kind, Properties: given, Context: around})
		w.Payload.Context, w.Session.Context = around, around.Clone()
		w.Payload.Request.Languages = accept
		var geo *Geo
		run(t, w, agents().Recognize, geo.Locate, languages, campaign, knownBy, visit, systemEvents, events, mapPredefined, sessionState, conclusions)
		for _, e := range w.Events {
			if text := e.AppendJSON(nil); !validJSON(string(text)) {
				t.Errorf("event: %s", text)
			}
		}
		if text := w.Profile.AppendJSON(nil); !validJSON(string(text)) {
			t.Errorf("profile: %s", text)
		}
		if text := w.Session.AppendJSON(nil); !validJSON(string(text)) {
			t.Errorf("session: %s", text)
		}
	})
}

func BenchmarkStagesOfAPageView(b *testing.B) {
	w := nextRequest()
	w.Session.Context = free(`{"time":{"tz":"Europe/Prague"},"language":["Czech"],"language_codes":["cs"]}`)
	w.Session.Context.Map()
	var geo *Geo
	stages := []func(*Work) error{agents().Recognize, geo.Locate, languages, campaign, knownBy, visit, systemEvents, events, mapPredefined, sessionState, conclusions}
	incoming := []tracardi.NewEvent{{
		Type: "page-view", Properties: free(`{"id":"1","category":"shoes"}`),
		Context: free(`{"page":{"url":"https://shop.example/a","path":"/a","hash":"","title":"A","referer":{"host":null,"query":null},"history":{"length":3}}}`),
	}}
	b.ReportAllocs()
	for b.Loop() {
		w.Incoming = incoming
		for _, stage := range stages {
			if err := stage(w); err != nil {
				b.Fatal(err)
			}
		}
	}
}
