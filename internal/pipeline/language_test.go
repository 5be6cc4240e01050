package pipeline

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"github.com/tracardi/tracardi-go"
)

func TestLanguageCodes(t *testing.T) {
	f := func(header, country, want string) {
		t.Helper()
		if got := strings.Join(languageCodes(header, country), " "); got != want {
			t.Errorf("%q in %q: got %q, want %q", header, country, got, want)
		}
	}
	f("", "", "")
	f("cs-CZ,cs;q=0.9,en;q=0.8,en-US;q=0.7", "", "cs en")
	f("en;q=0.5, de", "CH", "de en fr it rm")
	f("", "cz", "cs")
	f("*", "PL", "pl")
	f("pl, fr;q=0", "", "pl")
	f("zh-Hant-TW", "", "zh")
	f("!!,,;", "", "")
	f("xx-unknown-yy;q=7", "NO", "no nb nn")
	f("a", "no such country", "")
	f("fr,"+strings.Repeat("de;q=0.1,", 1000), "", "fr de")
	f(strings.Repeat("x", 1000), "", "")
	f("aa,ab,af,ak,am,ar,as,av,ay,az,ba,be", "PL", "aa ab af ak am ar as av ay az")
}

// TestCountries proves that the table holds countries and languages in the way that others write them.
func TestCountries(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(countriesText), "\n")
	if !slices.IsSorted(lines) {
		t.Error("the table is not in order")
	}
	for country, codes := range spoken().languages {
		if region, err := language.ParseRegion(country); err != nil || !region.IsCountry() || region.String() != country {
			t.Errorf("%q is no country", country)
		}
		for _, code := range codes {
			if base, err := language.ParseBase(code); err != nil || base.String() != code {
				t.Errorf("%s: %q is no language, or has another code", country, code)
			}
		}
	}
	if len(lines) != len(spoken().languages) {
		t.Error("a country is listed twice")
	}
}

func TestLanguages(t *testing.T) {
	w := firstVisit()
	w.Payload.Request.Languages = "cs,sk;q=0.5"
	w.Session.Context = free(`{"time":{"tz":"Europe/Prague"}}`)
	run(t, w, languages)
	equal(t, "language", at(&w.Session.Context, "language"), `["Czech","Slovak"]`)
	equal(t, "language_codes", at(&w.Session.Context, "language_codes"), `["cs","sk"]`)
	equal(t, "spoken", at(w.Profile, "data", "pii", "language", "spoken"), `["Czech","Slovak"]`)
	equal(t, "geo", at(w.Profile, "aux", "geo"), `{"continent":"Europe","markets":["CZ","SK"]}`)
	if len(w.Profile.Metadata.Fields) != 0 {
		t.Errorf("what the system found out looks as if an event had told it: %v", w.Profile.Metadata.Fields)
	}
}

func TestLanguagesWithoutAnything(t *testing.T) {
	w := firstVisit()
	run(t, w, languages)
	equal(t, "profile", w.Profile.Aux.Map(), `{"geo":{"continent":"n/a"}}`)
	if !w.Session.Context.Empty() || !w.Profile.Data.Empty() {
		t.Error("languages came from nowhere")
	}
	w.Profile.Aux.Set("Asia", "geo", "continent")
	w.Payload.Request.Headers = free(`{"accept-language":"pt"}`)
	run(t, w, languages)
	equal(t, "language", at(&w.Session.Context, "language"), `["Portuguese"]`)
	equal(t, "continent", at(w.Profile, "aux", "geo", "continent"), `"Asia"`)

	w = firstVisit()
	w.Profile = nil
	w.Payload.Request.Languages = "de"
	run(t, w, languages)
	equal(t, "language", at(&w.Session.Context, "language"), `["German"]`)
}

func TestLanguagesThatThePersonStated(t *testing.T) {
	w := firstVisit()
	w.Payload.Request.Languages = "en"
	e := &tracardi.Event{ID: "e1"}
	if err := w.SetField(e, []any{"Welsh"}, "data", "pii", "language", "spoken"); err != nil {
		t.Fatal(err)
	}
	run(t, w, languages)
	equal(t, "spoken", at(w.Profile, "data", "pii", "language", "spoken"), `["Welsh"]`)
}

func TestLanguagesOfALaterRequest(t *testing.T) {
	w := nextRequest()
	w.Payload.Request.Languages = "de"
	w.Session.Context = free(`{"language":["Czech"],"language_codes":["cs"],"time":{"tz":"Europe/Prague"}}`)
	run(t, w, languages)
	equal(t, "language", at(&w.Session.Context, "language"), `["Czech"]`)
	if w.ProfileChanged {
		t.Error("the profile changed within a visit")
	}
}
