package pipeline

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tracardi/tracardi-go"
)

const (
	maxLanguageHeader = 256 // bytes of Accept-Language that are looked at
	maxLanguages      = 10
)

// countriesText has a line for each country: its code and the codes of the languages that most people there live with.
//
//go:embed tables/countries.txt
var countriesText string

// speech tells which languages are spoken where. The lists are in the types of Object and must not be changed.
type speech struct {
	languages map[string][]string // country code → language codes
	countries map[string][]any    // language code → country codes
}

var spoken = sync.OnceValue(func() speech {
	s := speech{languages: map[string][]string{}, countries: map[string][]any{}}
	for line := range strings.Lines(countriesText) {
		words := strings.Fields(line)
		country, languages := words[0], words[1:]
		s.languages[country] = languages
		for _, code := range languages {
			s.countries[code] = append(s.countries[code], country)
		}
	}
	return s
})

// languages notes in a new session which languages the visitor speaks: those that the browser asks for and those of the
// country. The profile gets them, the countries where they are spoken, and the continent, when a visit begins.
func languages(w *Work) error {
	s := w.Session
	if s.New {
		codes := languageCodes(acceptLanguage(w.Payload), s.Device.Geo.Country.Code)
		if len(codes) > 0 {
			names, list := make([]any, len(codes)), make([]any, len(codes))
			english := display.English.Languages()
			for i, code := range codes {
				names[i], list[i] = english.Name(language.Make(code)), code
			}
			s.Context.Set(names, "language")
			s.Context.Set(list, "language_codes")
		}
	}
	if w.Profile == nil || !w.SessionStarted && !w.Profile.New {
		return nil
	}
	return profileLanguages(w)
}

func profileLanguages(w *Work) error {
	names, _ := w.Session.Context.Get("language")
	codes, _ := w.Session.Context.Get("language_codes")
	_, stated := w.Profile.Metadata.Fields["data.pii.language.spoken"] // by an event: the person knows better than the browser
	if names != nil && !stated {
		if err := w.SetField(nil, names, "data", "pii", "language", "spoken"); err != nil {
			return err
		}
	}
	if markets := marketsOf(codes); len(markets) > 0 {
		if err := w.SetField(nil, markets, "aux", "geo", "markets"); err != nil {
			return err
		}
	}
	continent, _, found := strings.Cut(w.Session.Context.Text("time", "tz"), "/")
	if !found {
		if w.Profile.Aux.Text("geo", "continent") != "" {
			return nil // an earlier visit told
		}
		continent = "n/a"
	}
	return w.SetField(nil, continent, "aux", "geo", "continent")
}

func acceptLanguage(p *tracardi.Payload) string {
	if p.Request.Languages != "" {
		return p.Request.Languages
	}
	return p.Request.Headers.Text("accept-language")
}

// languageCodes returns the languages of an Accept-Language header, the dearest first, then those of a country.
func languageCodes(header, country string) []string {
	if len(header) > maxLanguageHeader {
		header = header[:maxLanguageHeader]
		header = header[:max(0, strings.LastIndexByte(header, ','))]
	}
	var codes []string
	add := func(code string) {
		if code != "und" && code != "mul" && len(codes) < maxLanguages && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if tags, _, err := language.ParseAcceptLanguage(header); err == nil {
		for _, tag := range tags {
			if base, confidence := tag.Base(); confidence == language.Exact {
				add(base.String())
			}
		}
	}
	for _, code := range spoken().languages[strings.ToUpper(country)] {
		add(code)
	}
	return codes
}

// marketsOf lists the countries where the languages of a list of codes are spoken.
func marketsOf(codes any) []any {
	list, _ := codes.([]any)
	var markets []any
	for _, code := range list {
		text, _ := code.(string)
		for _, country := range spoken().countries[text] {
			if !slices.Contains(markets, country) {
				markets = append(markets, country)
			}
		}
	}
	return markets
}
