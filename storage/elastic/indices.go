package elastic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// indices knows the names of the indices and makes those that are missing.
//
//	PREFIX-profile           alias of PREFIX-profile-000001: one index, that is rebuilt behind the alias (see generation)
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
	return map[string]any{"dynamic": false, "properties": fields, "_meta": map[string]any{"layout": layout}}
}

func settings(more map[string]any) map[string]any {
	s := map[string]any{"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "1s"}
	for name, value := range more {
		s[name] = value
	}
	return map[string]any{"index": s}
}

// layout counts the changes of the templates and of what documents are found by. Templates of another number are replaced at
// start; indices of a lower one are rebuilt.
const layout = 1

// prepare puts the templates in place and makes the indices that are always there, side by side: the servers take several new
// ones in one step.
func (x *indices) prepare(ctx context.Context) error {
	there, err := x.templates(ctx)
	if err != nil {
		return err
	}
	making, ctx := errgroup.WithContext(ctx)
	for i := range storage.Schemas {
		making.Go(func() error { return x.prepareCollection(ctx, &storage.Schemas[i], there) })
	}
	keys := map[string]any{"dynamic": false, "properties": map[string]any{"tenant": map[string]any{"type": "keyword"}}}
	making.Go(func() error {
		return x.make(ctx, x.keys(), map[string]any{"settings": settings(map[string]any{"refresh_interval": "30s"}), "mappings": keys})
	})
	making.Go(func() error {
		return x.make(ctx, x.journal(), map[string]any{"settings": settings(nil), "mappings": map[string]any{"dynamic": false}})
	})
	return making.Wait()
}

func (x *indices) prepareCollection(ctx context.Context, schema *storage.Schema, templates map[string]bool) error {
	alias := x.alias(schema.Collection)
	if !templates[alias] {
		if err := x.client.call(ctx, http.MethodPut, "/_index_template/"+alias, template(schema, alias), nil); err != nil {
			return fmt.Errorf("put the index template of %s: %w", alias, err)
		}
	}
	if schema.Immutable {
		return x.makePart(ctx, x.part(schema.Collection, x.now()))
	}
	return x.makeAliased(ctx, schema.Collection)
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

// makeAliased makes the index of a mutable collection, or the alias of one that is there.
func (x *indices) makeAliased(ctx context.Context, c storage.Collection) error {
	var there map[string]struct {
		Aliases map[string]struct{} `json:"aliases"`
	}
	err := x.client.call(ctx, http.MethodGet, "/"+x.alias(c)+"/_alias", nil, &there)
	if r, ok := errors.AsType[*refusal](err); ok && r.status == http.StatusNotFound {
		name := x.generation(c, 1)
		write := map[string]any{"is_write_index": true}
		return x.make(ctx, name, map[string]any{"aliases": map[string]any{x.alias(c): write, writeAlias(name): map[string]any{}}})
	}
	for name, index := range there {
		if _, found := index.Aliases[writeAlias(name)]; !found && err == nil {
			err = x.changeAliases(ctx, addAlias(name, writeAlias(name)))
		}
	}
	return err
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

// DropBefore implements storage.Records. Its parts are months: one is removed when it is over and its newest document is too old.
func (s *Store) DropBefore(ctx context.Context, c storage.Collection, t time.Time) (total int64, err error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	if !storage.SchemaOf(c).Immutable {
		return 0, tracardi.InvalidField("collection", "%s documents change and are not dropped by age", c)
	}
	names, err := s.indices.all(ctx, c)
	if err != nil {
		return 0, err
	}
	defer s.indices.forget()
	for _, name := range names {
		if name >= s.indices.part(c, t) || name >= s.indices.part(c, s.indices.now().Add(-time.Hour)) { // clocks differ a little
			continue
		}
		n, err := s.dropPart(ctx, name, t)
		if total += n; err != nil {
			return total, err
		}
	}
	return total, nil
}

// dropPart removes an index if none of its documents is of t or later.
func (s *Store) dropPart(ctx context.Context, name string, t time.Time) (int64, error) {
	err := s.client.call(ctx, http.MethodPost, "/"+name+"/_refresh", nil, nil)
	if isRefusal(err, "index_not_found_exception") {
		return 0, nil // another process was faster
	}
	if err != nil {
		return 0, err
	}
	newest, err := s.outermost(ctx, name, false)
	if err != nil || newest >= storage.MicrosUp(t) {
		return 0, err
	}
	n, err := s.count(ctx, name, math.MinInt64, math.MaxInt64)
	if err != nil {
		return 0, err
	}
	if err := s.client.call(ctx, http.MethodDelete, "/"+name, nil, nil); err != nil {
		return 0, err
	}
	s.log.Info("records: dropped an index by age", "index", name, "documents", n)
	return n, nil
}

// forget makes that the servers are asked again which monthly indices there are.
func (x *indices) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.asked)
}
