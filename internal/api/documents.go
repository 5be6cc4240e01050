package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// documents is the routes of one collection.
type documents struct {
	s          *server
	collection storage.Collection
	one, many  string
}

// Filter selects documents. Every route that looks at many documents takes it.
type Filter struct {
	Q    string `query:"q" maxLength:"16384" doc:"A condition, such as type = \"purchase\" AND properties.value > 10. Empty for everything." example:"type = \"page-view\""`
	From string `query:"from" maxLength:"60" doc:"Only from this time on: RFC 3339, a date, or relative such as -7d or now-24h." example:"-24h"`
	To   string `query:"to" maxLength:"60" doc:"Only before this time." example:"now"`
}

// Paging says which part of the result is wanted.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"25"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"The next of the page before."`
}

// Documents is a page of documents, as they are stored.
type Documents struct {
	Items []json.RawMessage `json:"items" nullable:"false"`
	Total *int64            `json:"total,omitempty" doc:"How many match in all; left out when it was not asked for."`
	Next  string            `json:"next,omitempty" doc:"The cursor of the next page; left out at the end."`
}

type documentsOutput struct{ Body Documents }

// query makes the stores' query of a filter.
func (f *Filter) query(ctx context.Context, collection storage.Collection, now time.Time) (storage.Query, error) {
	where, err := condition(ctx, "query.q", collection, f.Q)
	if err != nil {
		return storage.Query{}, err
	}
	q := storage.Query{Where: where}
	if q.From, err = moment("query.from", f.From, now); err != nil {
		return q, err
	}
	if q.To, err = moment("query.to", f.To, now); err != nil {
		return q, err
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return q, tracardi.InvalidField("query.from", "is not before to")
	}
	return q, nil
}

// condition reads a search that the asker may make.
func condition(ctx context.Context, field string, collection storage.Collection, text string) (*expr.Condition, error) {
	where, err := expr.ParseSearch(text, string(collection))
	if err != nil {
		return nil, &tracardi.Error{Kind: tracardi.Invalid, Field: field, Message: err.Error(), Err: err}
	}
	return where, mayAsk(ctx, field, collection, text, where)
}

// moment reads a point in time; empty is none.
func moment(field, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if offset, ok := strings.CutPrefix(text, "now"); ok && offset != "" {
		text = offset
	}
	t, err := expr.ParseDate(text, now, time.UTC)
	if err != nil {
		return t, tracardi.InvalidField(field, "is no time: write 2026-01-31T10:00:00Z, 2026-01-31, -7d or now-24h")
	}
	return t, nil
}

// order reads the name of a field, with a dash before it for descending. Without one the newest come first.
func order(ctx context.Context, collection storage.Collection, text string) (storage.Sort, error) {
	if text == "" {
		return storage.Sort{}, nil
	}
	name, descending := strings.CutPrefix(text, "-")
	path, err := expr.ParsePath(name)
	if err != nil {
		return storage.Sort{}, tracardi.InvalidField("query.sort", "is no field: %v", err)
	}
	if err := mayGroup(ctx, "query.sort", collection, path); err != nil {
		return storage.Sort{}, err
	}
	sort := storage.Sort{Field: path.String(), Ascending: !descending}
	if sort.Field == storage.SchemaOf(collection).Time.String() {
		sort.Field = ""
	}
	return sort, nil
}

func (d documents) list(ctx context.Context, in *struct {
	Filter
	Paging
	Sort  string `query:"sort" maxLength:"512" doc:"A field, with a dash before it for descending. Without it the newest come first." example:"-metadata.time.insert"`
	Total bool   `query:"total" default:"true" doc:"Whether to count all matches. Without the count the first page comes sooner."`
},
) (*documentsOutput, error) {
	q, err := in.query(ctx, d.collection, time.Now())
	if err != nil {
		return nil, err
	}
	if q.Sort, err = order(ctx, d.collection, in.Sort); err != nil {
		return nil, err
	}
	return d.s.page(ctx, d.collection, q, in.Paging, in.Total)
}

// page answers with a page of documents.
func (s *server) page(ctx context.Context, collection storage.Collection, q storage.Query, paging Paging, total bool) (*documentsOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	q.Limit, q.Cursor = paging.Limit, paging.Cursor
	tenant := of(ctx).tenant
	page, err := s.records.Search(ctx, tenant, collection, q)
	if err != nil {
		return nil, err
	}
	out := &documentsOutput{Documents{Items: make([]json.RawMessage, len(page.Docs)), Next: page.Next}}
	for i, doc := range page.Docs {
		out.Body.Items[i] = shown(ctx, doc.Body)
	}
	if total {
		q.Limit, q.Cursor = 0, ""
		count, err := s.records.Count(ctx, tenant, collection, q)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &count
	}
	return out, nil
}

// Count is a number of documents.
type Count struct {
	Count int64 `json:"count"`
}

func (d documents) count(ctx context.Context, in *struct{ Filter }) (*struct{ Body Count }, error) {
	q, err := in.query(ctx, d.collection, time.Now())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	count, err := d.s.records.Count(ctx, of(ctx).tenant, d.collection, q)
	return &struct{ Body Count }{Count{count}}, err
}

// TopValue is a value of a field and how many documents have it.
type TopValue struct {
	Value any   `json:"value"`
	Count int64 `json:"count"`
}

// TopValues are the most frequent values of a field.
type TopValues struct {
	Values []TopValue `json:"values" nullable:"false"`
}

func (d documents) top(ctx context.Context, in *struct {
	Filter
	Field string `path:"field" maxLength:"512" doc:"A field, such as type or device.os.name."`
	N     int    `query:"n" minimum:"1" maximum:"1000" default:"10" doc:"How many values."`
},
) (*struct{ Body TopValues }, error) {
	q, err := in.query(ctx, d.collection, time.Now())
	if err != nil {
		return nil, err
	}
	path, err := expr.ParsePath(in.Field)
	if err != nil {
		return nil, tracardi.InvalidField("path.field", "is no field: %v", err)
	}
	if err := mayGroup(ctx, "path.field", d.collection, path); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	values, err := d.s.records.Top(ctx, of(ctx).tenant, d.collection, q, path.String(), in.N)
	out := &struct{ Body TopValues }{TopValues{make([]TopValue, len(values))}}
	for i, v := range values {
		out.Body.Values[i] = TopValue(v)
	}
	return out, err
}

type rawOutput struct{ Body json.RawMessage }

func (d documents) get(ctx context.Context, in *byID) (*rawOutput, error) {
	if err := mayName(ctx, in.ID); err != nil {
		return nil, err
	}
	doc, err := d.find(ctx, in.ID)
	return &rawOutput{shown(ctx, doc.Body)}, err
}

// find reads a document by its id, and a profile also by an id that it had before or that names the same person.
func (d documents) find(ctx context.Context, id string) (storage.Doc, error) {
	tenant := of(ctx).tenant
	docs, err := d.s.records.Read(ctx, tenant, d.collection, []string{id})
	if err != nil {
		return storage.Doc{}, err
	}
	if docs[0].Body != nil {
		return docs[0], nil
	}
	if d.collection == storage.Profiles {
		page, err := d.s.records.Search(ctx, tenant, d.collection, storage.Query{Where: expr.Holds(profileIDs, id), Limit: 1})
		if err != nil {
			return storage.Doc{}, err
		}
		if len(page.Docs) > 0 {
			return page.Docs[0], nil
		}
	}
	return storage.Doc{}, tracardi.Errorf(tracardi.NotFound, "there is no %s %q", d.one, id)
}

// literal is a text as conditions have it.
func literal(text string) string { return string(tracardi.AppendText(nil, text)) }
