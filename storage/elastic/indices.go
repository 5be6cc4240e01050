package elastic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// indices knows the names of the indices and makes those that are missing.
//
//	PREFIX-profile           alias of PREFIX-profile-000001: one index, that can be replaced behind the alias
//	PREFIX-event             alias of PREFIX-event-2026.03 and so on: one for each month in which documents arrived
//	PREFIX-key               keys of profiles
//	PREFIX-journal           changes on their way
type indices struct {
	client *client
	prefix string
	now    func() time.Time

	mu    sync.Mutex
	parts map[storage.Collection][]string // monthly indices, newest first
	asked map[storage.Collection]time.Time
	made  map[string]bool
}

func newIndices(c *client, prefix string) *indices {
	return &indices{
		client: c, prefix: prefix, now: time.Now,
		parts: map[storage.Collection][]string{}, asked: map[storage.Collection]time.Time{}, made: map[string]bool{},
	}
}

func (x *indices) alias(c storage.Collection) string { return x.prefix + "-" + string(c) }
func (x *indices) keys() string                      { return x.prefix + "-key" }
func (x *indices) journal() string                   { return x.prefix + "-journal" }

func (x *indices) part(c storage.Collection, at time.Time) string {
	return x.alias(c) + "-" + at.UTC().Format("2006.01")
}

// mapping says how documents are indexed. It is the same for all collections but for the declared fields, and never grows:
// what a document holds is found by tokens.
func mapping(schema *storage.Schema) map[string]any {
	fields := map[string]any{
		"tenant": map[string]any{"type": "keyword"},
		"id":     map[string]any{"type": "keyword"},
		"at":     map[string]any{"type": "long"},
		"odd":    map[string]any{"type": "boolean", "doc_values": false},
		"tok":    map[string]any{"type": "keyword", "doc_values": false},
		"body":   map[string]any{"type": "keyword", "index": false, "doc_values": false},
		"by":     map[string]any{"type": "keyword", "index": false, "doc_values": false},
		"ver":    map[string]any{"type": "long", "index": false, "doc_values": false},
	}
	for i := range declared(schema) {
		fields["c"+strconv.Itoa(i)] = map[string]any{"type": "keyword", "index": false}
	}
	return map[string]any{"dynamic": false, "properties": fields}
}

func settings(more map[string]any) map[string]any {
	s := map[string]any{"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "1s"}
	for name, value := range more {
		s[name] = value
	}
	return map[string]any{"index": s}
}

// layout counts the changes of the templates: those of another number are replaced at start.
const layout = 1

// prepare puts the templates in place and makes the indices that are always there.
func (x *indices) prepare(ctx context.Context) error {
	there, err := x.templates(ctx)
	if err != nil {
		return err
	}
	for i := range storage.Schemas {
		schema := &storage.Schemas[i]
		alias := x.alias(schema.Collection)
		if !there[alias] {
			if err := x.client.call(ctx, http.MethodPut, "/_index_template/"+alias, template(schema, alias), nil); err != nil {
				return fmt.Errorf("put the index template of %s: %w", alias, err)
			}
		}
		if schema.Immutable {
			err = x.makePart(ctx, x.part(schema.Collection, x.now()))
		} else {
			err = x.makeAliased(ctx, alias)
		}
		if err != nil {
			return err
		}
	}
	keys := map[string]any{"dynamic": false, "properties": map[string]any{"tenant": map[string]any{"type": "keyword"}}}
	if err := x.make(ctx, x.keys(), map[string]any{"settings": settings(map[string]any{"refresh_interval": "30s"}), "mappings": keys}); err != nil {
		return err
	}
	return x.make(ctx, x.journal(), map[string]any{"settings": settings(nil), "mappings": map[string]any{"dynamic": false}})
}

func template(schema *storage.Schema, alias string) map[string]any {
	content := map[string]any{"settings": settings(nil), "mappings": mapping(schema)}
	if schema.Immutable {
		content["aliases"] = map[string]any{alias: map[string]any{}}
	}
	return map[string]any{"index_patterns": []string{alias + "-*"}, "priority": 500, "version": layout, "template": content}
}

// templates tells which templates are as they should be.
func (x *indices) templates(ctx context.Context) (map[string]bool, error) {
	var answer struct {
		Templates []struct {
			Name     string `json:"name"`
			Template struct {
				Version int `json:"version"`
			} `json:"index_template"`
		} `json:"index_templates"`
	}
	err := x.client.call(ctx, http.MethodGet, "/_index_template/"+x.prefix+"-*", nil, &answer)
	if r, ok := errors.AsType[*refusal](err); err != nil && !(ok && r.status == http.StatusNotFound) {
		return nil, fmt.Errorf("read the index templates: %w", err)
	}
	there := map[string]bool{}
	for _, t := range answer.Templates {
		there[t.Name] = t.Template.Version == layout
	}
	return there, nil
}

func (x *indices) makeAliased(ctx context.Context, alias string) error {
	err := x.client.call(ctx, http.MethodHead, "/"+alias, nil, nil)
	if r, ok := errors.AsType[*refusal](err); err == nil || !ok || r.status != http.StatusNotFound {
		return err
	}
	return x.make(ctx, alias+"-000001", map[string]any{"aliases": map[string]any{alias: map[string]any{"is_write_index": true}}})
}

func (x *indices) makePart(ctx context.Context, name string) error {
	x.mu.Lock()
	made := x.made[name]
	x.mu.Unlock()
	if made {
		return nil
	}
	if err := x.make(ctx, name, nil); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.made[name] = true
	return nil
}

func (x *indices) make(ctx context.Context, name string, content any) error {
	if x.client.call(ctx, http.MethodHead, "/"+name, nil, nil) == nil {
		return nil
	}
	err := x.client.call(ctx, http.MethodPut, "/"+name, content, nil)
	if err != nil && !isRefusal(err, "resource_already_exists_exception") {
		return fmt.Errorf("make the index %s: %w", name, err)
	}
	return nil
}

// current is the index into which immutable documents go now.
func (x *indices) current(ctx context.Context, c storage.Collection) (string, error) {
	name := x.part(c, x.now())
	return name, x.makePart(ctx, name)
}

const partsKnownFor = 20 * time.Second

// all returns the indices that may hold immutable documents, newest first. Those around the present are among them even when
// another process made them just now.
func (x *indices) all(ctx context.Context, c storage.Collection) ([]string, error) {
	x.mu.Lock()
	parts, asked := x.parts[c], x.asked[c]
	x.mu.Unlock()
	now := x.now()
	if now.Sub(asked) > partsKnownFor {
		var answer map[string]struct{}
		err := x.client.call(ctx, http.MethodGet, "/"+x.alias(c)+"-*/_alias", nil, &answer)
		if err != nil {
			return nil, err
		}
		parts = nil
		for name := range answer {
			parts = append(parts, name)
		}
		x.mu.Lock()
		x.parts[c], x.asked[c] = parts, now
		x.mu.Unlock()
	}
	names := slices.Clone(parts)
	for _, days := range []int{-1, 0, 1} {
		if name := x.part(c, now.AddDate(0, 0, days)); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	return names, nil
}

// DropBefore removes immutable documents by whole indices: those in which nothing arrived since t and nothing is newer.
func (s *Store) DropBefore(ctx context.Context, c storage.Collection, t time.Time) (dropped []string, err error) {
	if !storage.SchemaOf(c).Immutable {
		return nil, tracardi.Errorf(tracardi.Invalid, "only immutable documents are dropped by age, not those of %s", c)
	}
	names, err := s.indices.all(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name >= s.indices.part(c, t) {
			continue
		}
		newest, err := s.newest(ctx, name)
		if err != nil || newest >= t.UnixMicro() {
			if err != nil {
				return dropped, err
			}
			continue
		}
		if err := s.client.call(ctx, http.MethodDelete, "/"+name, nil, nil); err != nil {
			return dropped, err
		}
		dropped = append(dropped, name)
	}
	s.indices.mu.Lock()
	clear(s.indices.asked)
	s.indices.mu.Unlock()
	return dropped, nil
}
