package tracardi_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := draws(t)
		text := doc.AppendJSON(nil)
		var again document
		switch doc.(type) {
		case *tracardi.Event:
			again = &tracardi.Event{}
		case *tracardi.Session:
			again = &tracardi.Session{}
		case *tracardi.Profile:
			again = &tracardi.Profile{}
		}
		if err := json.Unmarshal(text, again); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if diff := cmp.Diff(string(text), string(again.AppendJSON(nil))); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(decoded(t, doc), decoded(t, again)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzDocuments proves that no text brings the readers down, and that what they read is written as they would read it again.
func FuzzDocuments(f *testing.F) {
	for _, file := range []string{"event", "session", "profile", "event_empty"} {
		seed, err := os.ReadFile(filepath.Join("testdata", file+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Add([]byte(`{"metadata":{"fields":{"a":["x"],"b":null,"c":[1,2,[3]]}},"traits":null,"interests":{"a":1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		pairs := [][2]document{
			{&tracardi.Event{}, &tracardi.Event{}}, {&tracardi.Session{}, &tracardi.Session{}}, {&tracardi.Profile{}, &tracardi.Profile{}},
		}
		for _, pair := range pairs {
			if json.Unmarshal(text, pair[0]) != nil {
				continue
			}
			once := pair[0].AppendJSON(nil)
			if err := json.Unmarshal(once, pair[1]); err != nil {
				t.Fatalf("%v in %s", err, once)
			}
			if diff := cmp.Diff(string(once), string(pair[1].AppendJSON(nil))); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestClonesAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, other := draws(t), draws(t)
		var copied document
		switch d := doc.(type) {
		case *tracardi.Event:
			return // events are never copied
		case *tracardi.Session:
			copied = d.Clone()
		case *tracardi.Profile:
			copied = d.Clone()
			if len(d.IDs) > 0 {
				d.IDs[0] += "changed"
			}
			d = copied.(*tracardi.Profile).Clone()
			doc = d
			if len(d.IDs) > 0 {
				d.IDs[0] += "changed"
			}
		}
		before := string(copied.AppendJSON(nil))
		for _, field := range []string{"context", "properties", "traits", "aux", "data", "interests", "consents", "misc", "trash"} {
			value, _ := other.Get("id")
			_ = doc.Set(value, field, "a", "b")
			_ = doc.Set(5.0, field, "c")
		}
		if diff := cmp.Diff(before, string(copied.AppendJSON(nil))); diff != "" {
			t.Fatalf("the copy changed with its original:\n%s", diff)
		}
	})
}

// TestGolden holds the stored form still: what is written today must be found and read tomorrow.
func TestGolden(t *testing.T) {
	when := time.Date(2026, 1, 31, 15, 4, 5, 678900000, time.UTC)
	free := func(text string) tracardi.Object { return tracardi.RawObject(text) }
	device := tracardi.Device{
		Name: "Phone", Brand: "Maker", Model: "X", Type: "mobile", Touch: true, IP: "192.0.2.1", Resolution: "390x844", ColorDepth: 24,
		Orientation: "portrait-primary",
		Geo: tracardi.Geo{
			Country: tracardi.Country{Name: "Czechia", Code: "CZ"}, City: "Brno", County: "South Moravian", Postal: "602 00",
			Latitude: 49.2, Longitude: 16.6,
		},
	}
	system, app := tracardi.OS{Name: "iOS", Version: "17.1"}, tracardi.App{Type: "browser", Name: "Safari", Version: "17", Language: "cs", Bot: true, Resolution: "390x700"}
	utm := tracardi.UTM{Source: "s", Medium: "m", Campaign: "c", Term: "t", Content: "x"}
	files := map[string]document{
		"event": &tracardi.Event{
			ID: "e1", Name: "Page View", Type: "page-view",
			Metadata: tracardi.EventMetadata{
				Insert: when, Create: when, Update: when, ProcessTime: 0.25, TotalTime: 1.5, IP: "192.0.2.1", Channel: "Web",
				Status: tracardi.EventProcessed, Rules: []string{"r"}, Flows: []string{"f"}, ThirdParty: []string{"x"}, ProfileLess: true,
				Debug: true, Error: true, Warning: true, Merge: true, Invalid: true, Instance: "i1", Aux: free(`{"a":1}`),
			},
			Source: tracardi.Ref{ID: "web"}, Session: tracardi.EventSession{ID: "s1", Start: when, Duration: 12.5, TZ: "Europe/Prague"},
			Profile: tracardi.ProfileRef{ID: "p1", PrimaryID: "emm-1"}, Properties: free(`{"id":"<b>","n":[1,2.5,null]}`),
			Context: free(`{"page":{}}`), Traits: free(`{"t":true}`), Data: free(`{"ec":{}}`), Config: free(`{"async":true}`),
			Tags: []string{"a", "b"}, Device: device, OS: system, App: app, UTM: utm,
			Hit:     tracardi.Hit{ID: "h", Name: "Home", URL: "https://shop.example/", Referer: "ref.example", Query: "q", Category: "c"},
			Journey: "awareness", Aux: free(`{"x":1}`), Trash: free(`{"y":2}`),
		},
		"session": &tracardi.Session{
			ID: "s1", Profile: tracardi.ProfileRef{ID: "p1", PrimaryID: "emm-1"},
			Metadata: tracardi.SessionMetadata{
				Time:    tracardi.SessionTime{Insert: when, Update: when, Timestamp: 1769871845.5, Duration: 12.5, Weekday: 5},
				Channel: "Web", Status: tracardi.SessionActive, Aux: free(`{"a":1}`),
			},
			Device: device, OS: system, App: app, UTM: utm, Context: free(`{"time":{"tz":"Europe/Prague"}}`), Properties: free(`{"p":1}`),
			Traits: free(`{"t":1}`), Aux: free(`{"x":1}`),
		},
		"profile": &tracardi.Profile{
			ID: "p1", PrimaryID: "emm-1", IDs: []string{"p1", "emm-1"},
			Metadata: tracardi.ProfileMetadata{
				Time: tracardi.ProfileTime{
					Insert: when, Create: when, Update: when, Segmentation: when,
					Visit: tracardi.Visit{Last: when, Current: when, Count: 3, TZ: "Europe/Prague"},
				},
				Status: "lead", Aux: free(`{"a":1}`),
				Fields: map[string]tracardi.FieldOrigin{
					"data.pii.lastname": {Time: when, Event: "e1", Former: "old"}, "data.pii.firstname": {Time: when, Event: "e1"},
				},
				System: tracardi.SystemMetadata{Integrations: free(`{"crm":{"id":"7"}}`), Aux: free(`{"auto_merge":["data.contact.email.main"]}`)},
			},
			Stats:  tracardi.Stats{Visits: 3, Views: 4, Counters: free(`{"c":5}`)},
			Traits: free(`{"t":1}`), Segments: []string{"vip"}, Interests: map[string]float64{"b": 2, "a": 1.5}, Consents: free(`{"mail":{"revoke":null}}`),
			Active: true, Aux: free(`{"x":1}`), Data: free(`{"pii":{"firstname":"Ann"}}`), Misc: free(`{"m":1}`), Trash: free(`{"t":1}`),
		},
		"event_empty":   &tracardi.Event{},
		"session_empty": &tracardi.Session{},
		"profile_empty": &tracardi.Profile{},
	}
	for name, doc := range files {
		var pretty any
		if err := json.Unmarshal(doc.AppendJSON(nil), &pretty); err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(pretty, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
