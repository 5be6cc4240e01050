package workspace

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// The kinds of configuration that a snapshot holds.
const (
	KindSource   = "source"
	KindRedirect = "redirect"
	KindResource = "resource"
	KindSettings = "settings"
)

// Kind gives typed access to the stored items of one kind. Its errors are those of storage.Config.
type Kind[T any] struct {
	config storage.Config
	name   string
}

// Entry is one stored item.
type Entry[T any] struct {
	ID      string
	Name    string // orders lists
	Value   T
	Version int64 // counts the writes; in a Put the version that was read, 0 to create
	Created time.Time
	Updated time.Time
}

// NewKind gives access to the items of a kind, whose content is the JSON of a T.
func NewKind[T any](config storage.Config, name string) Kind[T] { return Kind[T]{config, name} }

// Sources gives access to the event sources.
func Sources(config storage.Config) Kind[tracardi.Source] {
	return NewKind[tracardi.Source](config, KindSource)
}

// Redirects gives access to the redirects.
func Redirects(config storage.Config) Kind[tracardi.Redirect] {
	return NewKind[tracardi.Redirect](config, KindRedirect)
}

// Resources gives access to the resources.
func Resources(config storage.Config) Kind[tracardi.Resource] {
	return NewKind[tracardi.Resource](config, KindResource)
}

// Name is the name of the kind, such as "source".
func (k Kind[T]) Name() string { return k.name }

// Get reads one item; NotFound when there is none.
func (k Kind[T]) Get(ctx context.Context, tenant, id string) (Entry[T], error) {
	item, err := k.config.Get(ctx, tenant, k.name, id)
	if err != nil {
		return Entry[T]{}, err
	}
	return k.decode(item)
}

// List reads all items in the order of their names, then ids.
func (k Kind[T]) List(ctx context.Context, tenant string) ([]Entry[T], error) {
	items, err := k.config.List(ctx, tenant, k.name)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry[T], len(items))
	for i, item := range items {
		if entries[i], err = k.decode(item); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// Put creates (Version 0) or replaces an item and returns it as stored; Conflict unless Version is current.
func (k Kind[T]) Put(ctx context.Context, tenant string, entry Entry[T]) (Entry[T], error) {
	data, err := json.Marshal(entry.Value)
	if err != nil {
		return Entry[T]{}, fmt.Errorf("write %s %q: %w", k.name, entry.ID, err)
	}
	item, err := k.config.Put(ctx, storage.Item{
		Tenant: tenant, Kind: k.name, ID: entry.ID, Name: entry.Name, Data: data, Version: entry.Version,
	})
	if err != nil {
		return Entry[T]{}, err
	}
	entry.Version, entry.Created, entry.Updated = item.Version, item.Created, item.Updated
	return entry, nil
}

// Delete removes an item; NotFound when there is none.
func (k Kind[T]) Delete(ctx context.Context, tenant, id string) error {
	return k.config.Delete(ctx, tenant, k.name, id)
}

func (k Kind[T]) decode(item storage.Item) (Entry[T], error) {
	entry := Entry[T]{ID: item.ID, Name: item.Name, Version: item.Version, Created: item.Created, Updated: item.Updated}
	if err := json.Unmarshal(item.Data, &entry.Value); err != nil {
		return Entry[T]{}, fmt.Errorf("read %s %q: %w", k.name, item.ID, err)
	}
	return entry, nil
}
