package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
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
	for i, origin := range source.Origins {
		address, err := url.Parse(origin)
		if err != nil || address.Host == "" || origin != strings.ToLower(address.Scheme+"://"+address.Host) {
			return tracardi.InvalidField(fmt.Sprintf("origins[%d]", i), "is not what browsers send: write it like https://shop.example, without a path")
		}
	}
	return nil
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
