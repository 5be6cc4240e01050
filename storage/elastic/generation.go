package elastic

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// generation is an index of a mutable collection. Its aliases say what it is for:
//
//	PREFIX-profile                documents are read here, and new ones are written
//	PREFIX-profile-000001-write   what is written over documents of this index goes here, so that it can never reach another
//	PREFIX-profile-next           documents are copied here: the index that takes the place of the one in use
//
// One with none of them, and a number below that of the one in use, was replaced.
type generation struct {
	name   string
	number int
	inUse  bool
	next   bool
	meta   meta
}

// meta is what an index tells about itself.
type meta struct {
	Layout  int    `json:"layout"`
	Rebuild bool   `json:"rebuild,omitempty"` // somebody asks for it
	From    string `json:"from,omitempty"`    // the index of which it is a copy
	Copied  int64  `json:"copied,omitempty"`  // the writes of that index which are in the copy, surely
}

func (x *indices) generation(c storage.Collection, number int) string {
	return fmt.Sprintf("%s-%06d", x.alias(c), number)
}

func (x *indices) next(c storage.Collection) string { return x.alias(c) + "-next" }

func writeAlias(index string) string { return index + "-write" }

// generations returns the indices of a mutable collection, the oldest first.
func (x *indices) generations(ctx context.Context, c storage.Collection) ([]generation, error) {
	var answer map[string]struct {
		Aliases  map[string]struct{} `json:"aliases"`
		Mappings struct {
			Meta meta `json:"_meta"`
		} `json:"mappings"`
	}
	path := "/" + x.alias(c) + "-*?filter_path=*.aliases,*.mappings._meta"
	if err := x.client.call(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	var list []generation
	for _, name := range slices.Sorted(maps.Keys(answer)) {
		number, err := strconv.Atoi(strings.TrimPrefix(name, x.alias(c)+"-"))
		if err != nil || name != x.generation(c, number) {
			continue // somebody else's
		}
		g := generation{name: name, number: number, meta: answer[name].Mappings.Meta}
		_, g.inUse = answer[name].Aliases[x.alias(c)]
		_, g.next = answer[name].Aliases[x.next(c)]
		list = append(list, g)
	}
	return list, nil
}

// inUse finds the index that a collection's documents are in.
func inUse(list []generation, c storage.Collection) (*generation, error) {
	for i := range list {
		if list[i].inUse {
			return &list[i], nil
		}
	}
	return nil, tracardi.Errorf(tracardi.Unavailable, "no index is in use for %s", c)
}

func addAlias(index, alias string) map[string]any {
	return map[string]any{"add": map[string]any{"index": index, "alias": alias}}
}

func removeAlias(index, alias string) map[string]any {
	return map[string]any{"remove": map[string]any{"index": index, "alias": alias, "must_exist": true}}
}

// changeAliases does all changes in one moment, or none.
func (x *indices) changeAliases(ctx context.Context, changes ...map[string]any) error {
	return x.client.call(ctx, http.MethodPost, "/_aliases", map[string]any{"actions": changes}, nil)
}

// describe replaces what an index tells about itself.
func (x *indices) describe(ctx context.Context, index string, m meta) error {
	return x.client.call(ctx, http.MethodPut, "/"+index+"/_mapping", map[string]any{"_meta": m}, nil)
}
