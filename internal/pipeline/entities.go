package pipeline

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/eventtype"
	"github.com/tracardi/tracardi-go/storage"
)

const maxEntityName = 200 // bytes

// entity is one that the events of a payload speak of.
type entity struct {
	*tracardi.Entity
	changed bool
}

// loadEntities takes the locks of the entities that the events speak of, in the order of their ids and after those of the
// visitor, and reads them. Many people belong to one company: the locks spare their payloads a second attempt.
func (p *Pipeline) loadEntities(ctx context.Context, w *Work, locks *held) error {
	for i := range w.Incoming {
		given := &w.Incoming[i]
		t, ok := eventtype.Lookup(tracardi.EventTypeOf(given.Type))
		if !ok || t.Entity == nil {
			continue
		}
		event := tracardi.Event{Properties: given.Properties}
		if name := entityName(&event, t.Entity); name != "" {
			if w.Entities == nil {
				w.Entities = map[string]*entity{}
			}
			w.Entities[tracardi.EntityID(t.Entity.Type, name)] = &entity{Entity: tracardi.NewEntity(t.Entity.Type, name, w.Now)}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.Entities)) {
		if err := locks.take(ctx, "entity/"+id); err != nil {
			return err
		}
		stored := &tracardi.Entity{}
		version, err := p.document(ctx, w.Payload.Tenant, storage.Entities, id, stored)
		if err != nil {
			return err
		}
		if stored.Version = version; version > 0 {
			w.Entities[id].Entity = stored
		} else {
			w.Entities[id].changed = true
		}
	}
	return nil
}

// entityName is the name of the entity that an event speaks of; empty when it has none that can be kept.
func entityName(e *tracardi.Event, t *eventtype.Entity) string {
	value, _ := e.Get(t.Name...)
	if name := text(value); len(name) <= maxEntityName {
		return name
	}
	return ""
}

// entities gives the traits of the events to the entities that they speak of. null takes a trait away.
func entities(w *Work) error {
	if len(w.Entities) == 0 {
		return nil
	}
	for _, e := range w.Events {
		t, ok := eventtype.Lookup(e.Type)
		if !ok || t.Entity == nil || e.Metadata.Invalid {
			continue
		}
		found := w.Entities[tracardi.EntityID(t.Entity.Type, entityName(e, t.Entity))]
		if found == nil {
			w.warn(e, tracardi.InvalidField("properties.id", "must be a text of up to %d bytes: the event changes nothing else", maxEntityName))
			continue
		}
		value, _ := e.Get(t.Entity.Traits...)
		traits, _ := value.(map[string]any)
		w.warn(e, found.describe(traits))
	}
	return nil
}

// describe sets traits one by one.
func (e *entity) describe(traits map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		value := traits[name]
		former, had := e.Traits.Get(name)
		switch {
		case value == nil && had:
			e.Traits.Delete(name)
		case value == nil || had && reflect.DeepEqual(former, value):
			continue
		case !had && len(e.Traits.Map()) >= maxMembers:
			return tracardi.InvalidField("traits", "an entity has at most %d", maxMembers)
		default:
			e.Traits.Set(tracardi.Clone(value), name)
		}
		e.changed = true
	}
	return nil
}
