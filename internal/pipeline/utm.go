package pipeline

import (
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go"
)

// campaign notes in a session that has none which campaign brought the visitor: as the client's context tells it, else as the
// address of the page does. The context's utm is removed.
func campaign(w *Work) error {
	s := w.Session
	told, there := s.Context.Get("utm")
	if there {
		s.Context.Delete("utm")
	}
	if s.UTM != (tracardi.UTM{}) {
		return nil
	}
	if tree, ok := told.(map[string]any); ok {
		text := func(name string) string {
			value, _ := tree[name].(string)
			return value
		}
		s.UTM = tracardi.UTM{
			Source: text("source"), Medium: text("medium"), Campaign: text("campaign"), Term: text("term"), Content: text("content"),
		}
	}
	if s.UTM == (tracardi.UTM{}) {
		s.UTM = campaignOf(w.Payload.Context.Text("page", "url"))
	}
	for i := range w.Incoming {
		if s.UTM != (tracardi.UTM{}) {
			break
		}
		s.UTM = campaignOf(w.Incoming[i].Context.Text("page", "url"))
	}
	return nil
}

// campaignOf reads the campaign from a page's address.
func campaignOf(address string) tracardi.UTM {
	if !strings.Contains(address, "utm_") {
		return tracardi.UTM{}
	}
	at, err := url.Parse(address)
	if err != nil {
		return tracardi.UTM{}
	}
	query := at.Query()
	return tracardi.UTM{
		Source: query.Get("utm_source"), Medium: query.Get("utm_medium"), Campaign: query.Get("utm_campaign"),
		Term: query.Get("utm_term"), Content: query.Get("utm_content"),
	}
}
