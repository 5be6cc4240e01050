package workspace

import (
	"context"

	"github.com/tracardi/tracardi-go"
)

// Snapshot is what a tenant has configured at one moment. Nobody changes it; readers may keep it as long as they like.
type Snapshot struct {
	Revision     int64                       // of the configuration, when the snapshot was made
	Sources      map[string]*tracardi.Source // by id, disabled ones included
	SourcesByKey map[string]*tracardi.Source // by write key
	Redirects    map[string]*tracardi.Redirect
	Resources    map[string]*tracardi.Resource // by id, disabled ones included; their secrets are encrypted
	settings     *Settings                     // nil for the defaults, see General
	Flows        *Plan                         // nil when there never were any
	Erasures     bool                          // somebody was erased once: there are tombstones
}

var empty = &Snapshot{}

// loaders fill the part of a snapshot that comes from one kind. A new kind of configuration is an entry here.
var loaders = map[string]func(w *Workspace, ctx context.Context, s *Snapshot, tenant string) error{
	KindSource:   (*Workspace).loadSources,
	KindRedirect: (*Workspace).loadRedirects,
	KindResource: (*Workspace).loadResources,
	KindSettings: (*Workspace).loadSettings,
	KindLiveFlow: (*Workspace).loadFlows,
	KindTrigger:  (*Workspace).loadFlows,
	KindErasures: (*Workspace).loadErasures,
}

func (w *Workspace) loadSources(ctx context.Context, s *Snapshot, tenant string) error {
	sources, err := readable(ctx, w, Sources(w.config), tenant)
	if err != nil {
		return err
	}
	s.Sources, s.SourcesByKey = make(map[string]*tracardi.Source, len(sources)), map[string]*tracardi.Source{}
	for _, source := range sources {
		s.Sources[source.ID] = source
		if _, taken := s.SourcesByKey[source.WriteKey]; !taken && source.WriteKey != "" {
			s.SourcesByKey[source.WriteKey] = source
		}
	}
	return nil
}

func (w *Workspace) loadRedirects(ctx context.Context, s *Snapshot, tenant string) error {
	redirects, err := readable(ctx, w, Redirects(w.config), tenant)
	if err != nil {
		return err
	}
	s.Redirects = make(map[string]*tracardi.Redirect, len(redirects))
	for _, redirect := range redirects {
		s.Redirects[redirect.ID] = redirect
	}
	return nil
}

func (w *Workspace) loadResources(ctx context.Context, s *Snapshot, tenant string) error {
	resources, err := readable(ctx, w, Resources(w.config), tenant)
	if err != nil {
		return err
	}
	s.Resources = make(map[string]*tracardi.Resource, len(resources))
	for _, resource := range resources {
		s.Resources[resource.ID] = resource
	}
	return nil
}

// readable lists the values of a kind. One that cannot be decoded is left out, so that it does not take the others with it.
func readable[T any](ctx context.Context, w *Workspace, kind Kind[T], tenant string) ([]*T, error) {
	items, err := w.config.List(ctx, tenant, kind.name)
	if err != nil {
		return nil, err
	}
	values := make([]*T, 0, len(items))
	for _, item := range items {
		entry, err := kind.decode(item)
		if err != nil {
			w.log.Error("left out configuration that cannot be read: save it again or delete it", "tenant", tenant, "error", err)
			continue
		}
		values = append(values, &entry.Value)
	}
	return values, nil
}
