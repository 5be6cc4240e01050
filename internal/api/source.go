package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Source is an event source as the API shows it.
type Source struct {
	tracardi.Source
	Enabled *bool `json:"enabled,omitempty" doc:"Whether it takes events; true when left out."`
	Stamp
}

// Redirect is a redirect as the API shows it.
type Redirect struct {
	tracardi.Redirect
	Stamp
}

// Bridge is a kind of broker that sources may read from.
type Bridge struct {
	ID       string          `json:"id" doc:"What types of a source name, such as kafka."`
	Name     string          `json:"name"`
	Icon     string          `json:"icon" doc:"Of the Tabler set."`
	Doc      string          `json:"doc"`
	Schema   json.RawMessage `json:"schema" doc:"JSON Schema of the field bridge of a source, with hints for a form."`
	Defaults json.RawMessage `json:"defaults" doc:"Settings of a new one."`
}

func (s *server) listBridges(context.Context, *struct{}) (*listOutput[Bridge], error) {
	return listOf(bridge.Kinds(), func(k *bridge.Kind) Bridge {
		return Bridge{ID: k.ID, Name: k.Name, Icon: k.Icon, Doc: k.Doc, Schema: encoded(k.Form().Schema()), Defaults: encoded(k.New())}
	}), nil
}

func (s *server) sourceRoutes() *resource[tracardi.Source, Source] {
	return &resource[tracardi.Source, Source]{
		s: s, kind: s.sources, accept: s.acceptSource, removable: s.sourceUnused,
		view: func(e workspace.Entry[tracardi.Source]) Source {
			return Source{Source: e.Value, Enabled: &e.Value.Enabled, Stamp: stampOf(e)}
		},
	}
}

func (s *server) redirectRoutes() *resource[tracardi.Redirect, Redirect] {
	return &resource[tracardi.Redirect, Redirect]{
		s: s, kind: s.redirects, accept: s.acceptRedirect,
		view: func(e workspace.Entry[tracardi.Redirect]) Redirect {
			return Redirect{Redirect: e.Value, Stamp: stampOf(e)}
		},
	}
}

func (s *server) acceptSource(ctx context.Context, id string, in *Source, old *tracardi.Source) (workspace.Entry[tracardi.Source], error) {
	source := in.Source
	source.Enabled = in.Enabled == nil || *in.Enabled
	var err error
	if source.ID, err = idFor(id, source.ID); err == nil {
		err = checkSource(&source)
	}
	if err == nil {
		err = s.checkBroker(ctx, &source)
	}
	switch {
	case err != nil:
	case source.WriteKey != "":
		err = s.checkWriteKey(ctx, &source)
	case old != nil:
		source.WriteKey = old.WriteKey // a key that clients hold is not lost by leaving it out
	default:
		source.WriteKey = rand.Text()
	}
	return workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.Name, Value: source}, err
}

// checkSource refuses what would silently never work.
func checkSource(source *tracardi.Source) error {
	if len(source.Types) == 0 {
		return tracardi.InvalidField("types", "is empty: say how events come in, for example rest")
	}
	if err := checkWays(source); err != nil {
		return err
	}
	for i, origin := range source.Origins {
		address, err := url.Parse(origin)
		if err != nil || address.Host == "" || origin != strings.ToLower(address.Scheme+"://"+address.Host) {
			return tracardi.InvalidField(fmt.Sprintf("origins[%d]", i), "is not what browsers send: write it like https://shop.example, without a path")
		}
	}
	return nil
}

// checkBroker refuses settings of a bridge that name a resource which is not there.
func (s *server) checkBroker(ctx context.Context, source *tracardi.Source) error {
	kind := bridge.Of(source.Types)
	if kind == nil {
		return nil
	}
	for _, id := range kind.Form().References(encoded(source.Bridge), "resource") {
		_, err := s.resources.Get(ctx, of(ctx).tenant, id)
		if tracardi.KindOf(err) == tracardi.NotFound {
			return tracardi.InvalidField("bridge", "there is no resource %q: make it first, it holds the account", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkWays refuses ways in that there are not, and settings with which a broker cannot be read.
func checkWays(source *tracardi.Source) error {
	kind, known := bridge.Of(source.Types), slices.Clone(tracardi.SourceTypes)
	for _, k := range bridge.Kinds() {
		known = append(known, k.ID)
	}
	for i, way := range source.Types {
		field := fmt.Sprintf("types[%d]", i)
		if !slices.Contains(known, way) {
			return tracardi.InvalidField(field, "there is no way in %q; there are: %s", way, strings.Join(known, ", "))
		}
		if other := bridge.Lookup(way); other != nil && other != kind {
			return tracardi.InvalidField(field, "a source reads from one broker, and this one reads from %s: make another source", kind.Name)
		}
	}
	if kind == nil {
		if len(source.Bridge) > 0 {
			return tracardi.InvalidField("bridge", "is for sources that read from a broker: name one of GET /bridges in types, or leave it out")
		}
		return nil
	}
	_, err := kind.Configure(encoded(source.Bridge))
	return tracardi.Under("bridge", err)
}

// checkWriteKey is a Conflict when another source has the key.
func (s *server) checkWriteKey(ctx context.Context, source *tracardi.Source) error {
	entries, err := s.sources.List(ctx, of(ctx).tenant)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.ID != source.ID && entry.Value.WriteKey == source.WriteKey {
			return &tracardi.Error{Kind: tracardi.Conflict, Field: "write_key", Message: "belongs to another source"}
		}
	}
	return nil
}

// sourceUnused is a Conflict when redirects, triggers or flows need the source.
func (s *server) sourceUnused(ctx context.Context, id string) error {
	entries, err := s.redirects.List(ctx, of(ctx).tenant)
	if err != nil {
		return err
	}
	var users []string
	for _, entry := range entries {
		if entry.Value.Source.ID == id {
			users = append(users, fmt.Sprintf("the redirect %q", entry.Name))
		}
	}
	triggers, err := s.triggersWith(ctx, func(t *workspace.Trigger) bool { return t.Source == id })
	if err != nil {
		return err
	}
	flows, err := s.flowsWith(ctx, "source", id)
	if err != nil {
		return err
	}
	return unused("source", slices.Concat(users, triggers, flows))
}

func (s *server) acceptRedirect(ctx context.Context, id string, in *Redirect, _ *tracardi.Redirect) (workspace.Entry[tracardi.Redirect], error) {
	none := workspace.Entry[tracardi.Redirect]{}
	redirect := in.Redirect
	var err error
	if redirect.ID, err = idFor(id, redirect.ID); err != nil {
		return none, err
	}
	target, err := url.Parse(redirect.URL)
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return none, tracardi.InvalidField("url", "is not a web address such as https://shop.example/sale")
	}
	_, err = s.sources.Get(ctx, of(ctx).tenant, redirect.Source.ID)
	if tracardi.KindOf(err) == tracardi.NotFound {
		return none, tracardi.InvalidField("source.id", "there is no source %q", redirect.Source.ID)
	}
	return workspace.Entry[tracardi.Redirect]{ID: redirect.ID, Name: redirect.Name, Value: redirect}, err
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$`)

// idFor returns the id of a thing: that of the path, which the body may repeat, or for something new the one of the body, or a
// random one.
func idFor(path, body string) (string, error) {
	switch {
	case path != "" && body != "" && body != path:
		return "", tracardi.InvalidField("id", "is %q, but the path says %q: an id cannot be changed", body, path)
	case path != "":
		return path, nil
	case body == "":
		return uuid.NewString(), nil
	case !idPattern.MatchString(body):
		return "", tracardi.InvalidField("id", "may have up to 80 letters, digits, dots, dashes and underscores, and begins with a letter or digit")
	}
	return body, nil
}
