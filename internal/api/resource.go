package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Stamp tells about a stored thing what nobody sets.
type Stamp struct {
	Version int64     `json:"version" readOnly:"true" doc:"Counts the writes. Send it as If-Match to change only what you have seen."`
	Created time.Time `json:"created" readOnly:"true"`
	Updated time.Time `json:"updated" readOnly:"true"`
}

func stampOf[T any](e workspace.Entry[T]) Stamp { return Stamp{e.Version, e.Created, e.Updated} }

// resource is the routes of one kind of configuration. T is its stored form, V what the API shows and takes.
type resource[T, V any] struct {
	s    *server
	kind workspace.Kind[T]
	view func(workspace.Entry[T]) V
	// accept completes and checks what came in; id comes from the path, or is empty for something new. old is nil then.
	accept func(ctx context.Context, id string, in *V, old *T) (workspace.Entry[T], error)
	// removable is a Conflict when something else needs it.
	removable func(ctx context.Context, id string) error
}

// List is a list of everything of a kind.
type List[V any] struct {
	Items []V `json:"items" nullable:"false"`
}

type listOutput[V any] struct{ Body List[V] }

func listOf[T, V any](values []T, view func(T) V) *listOutput[V] {
	out := &listOutput[V]{List[V]{make([]V, len(values))}}
	for i, value := range values {
		out.Body.Items[i] = view(value)
	}
	return out
}

type itemOutput[V any] struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body V
}

type newItem[V any] struct{ Body V }

type itemInput[V any] struct {
	ID      string `path:"id" maxLength:"512"`
	IfMatch string `header:"If-Match" doc:"Change it only if this is still its version."`
	Body    V
}

type patchInput struct {
	ID      string         `path:"id" maxLength:"512"`
	IfMatch string         `header:"If-Match" doc:"Change it only if this is still its version."`
	Body    map[string]any `doc:"The fields to change (a merge patch): null removes one, what is left out stays."`
}

type removeInput struct {
	ID      string `path:"id" maxLength:"512"`
	IfMatch string `header:"If-Match" doc:"Delete it only if this is still its version."`
}

func (r *resource[T, V]) output(entry workspace.Entry[T]) *itemOutput[V] {
	return &itemOutput[V]{ETag: etag(entry.Version), Body: r.view(entry)}
}

func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

func (r *resource[T, V]) list(ctx context.Context, _ *struct{}) (*listOutput[V], error) {
	entries, err := r.kind.List(ctx, of(ctx).tenant)
	return listOf(entries, r.view), err
}

func (r *resource[T, V]) get(ctx context.Context, in *byID) (*itemOutput[V], error) {
	entry, err := r.kind.Get(ctx, of(ctx).tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return r.output(entry), nil
}

func (r *resource[T, V]) create(ctx context.Context, in *newItem[V]) (*itemOutput[V], error) {
	entry, err := r.accept(ctx, "", &in.Body, nil)
	if err != nil {
		return nil, err
	}
	return r.put(ctx, entry)
}

func (r *resource[T, V]) replace(ctx context.Context, in *itemInput[V]) (*itemOutput[V], error) {
	old, err := r.current(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return r.rewrite(ctx, old, &in.Body)
}

func (r *resource[T, V]) update(ctx context.Context, in *patchInput) (*itemOutput[V], error) {
	old, err := r.current(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(r.view(old))
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	merged := merge(fields, in.Body)
	if err := r.validate(in.Body, merged); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(merged); err != nil {
		return nil, err
	}
	var body V
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, tracardi.InvalidField("body", "%v", err)
	}
	return r.rewrite(ctx, old, &body)
}

func (r *resource[T, V]) remove(ctx context.Context, in *removeInput) (*struct{}, error) {
	if _, err := r.current(ctx, in.ID, in.IfMatch); err != nil {
		return nil, err
	}
	if r.removable != nil {
		if err := r.removable(ctx, in.ID); err != nil {
			return nil, err
		}
	}
	if err := r.kind.Delete(ctx, of(ctx).tenant, in.ID); err != nil {
		return nil, err
	}
	r.s.changed(ctx, "deleted", r.kind.Name(), in.ID)
	return nil, nil
}

// current reads a thing that is to be changed and checks that it is the one that the client has seen.
func (r *resource[T, V]) current(ctx context.Context, id, ifMatch string) (workspace.Entry[T], error) {
	entry, err := r.kind.Get(ctx, of(ctx).tenant, id)
	if err != nil {
		return entry, err
	}
	return entry, unchanged(ifMatch, entry.Version)
}

// unchanged checks that a version is the one that the client has seen.
func unchanged(ifMatch string, version int64) error {
	if ifMatch == "" || ifMatch == "*" || strings.Trim(ifMatch, `"`) == strconv.FormatInt(version, 10) {
		return nil
	}
	return &Problem{
		Status: http.StatusPreconditionFailed,
		Detail: "somebody else changed it meanwhile: load version " + strconv.FormatInt(version, 10) + " and repeat your change",
	}
}

func (r *resource[T, V]) rewrite(ctx context.Context, old workspace.Entry[T], in *V) (*itemOutput[V], error) {
	entry, err := r.accept(ctx, old.ID, in, &old.Value)
	if err != nil {
		return nil, err
	}
	entry.Version = old.Version
	return r.put(ctx, entry)
}

func (r *resource[T, V]) put(ctx context.Context, entry workspace.Entry[T]) (*itemOutput[V], error) {
	entry, err := r.kind.Put(ctx, of(ctx).tenant, entry)
	if err != nil {
		return nil, err
	}
	r.s.changed(ctx, "written", r.kind.Name(), entry.ID)
	return r.output(entry), nil
}

// validate checks the names of a patch and the whole that it leads to, which the framework has not seen.
func (r *resource[T, V]) validate(patch, merged map[string]any) error {
	registry := r.s.api.OpenAPI().Components.Schemas
	schema := registry.Schema(typeOf[V](), false, "")
	path := huma.NewPathBuffer(nil, 0)
	path.Push("body")
	result := &huma.ValidateResult{}
	for name := range patch {
		if schema.Properties[name] == nil {
			path.Push(name)
			result.Add(path, nil, "there is no such field")
			path.Pop()
		}
	}
	if len(result.Errors) == 0 {
		huma.Validate(registry, schema, path, huma.ModeWriteToServer, merged, result)
	}
	if len(result.Errors) == 0 {
		return nil
	}
	return huma.Error422UnprocessableEntity("validation failed", result.Errors...)
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// merge applies a merge patch (RFC 7386).
func merge(into, patch map[string]any) map[string]any {
	merged := maps.Clone(into)
	for name, value := range patch {
		inner, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, name)
		case isObject:
			old, _ := merged[name].(map[string]any)
			if old == nil {
				old = map[string]any{}
			}
			merged[name] = merge(old, inner)
		default:
			merged[name] = value
		}
	}
	return merged
}
