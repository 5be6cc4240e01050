package elastic

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// engine is the store as the committer of change sets sees it.
type engine struct{ *Store }

// Documents implements ordered.Engine.
func (e engine) Documents(set *storage.ChangeSet) ([]*ordered.Document, error) {
	if err := e.begin(context.Background()); err != nil {
		return nil, err
	}
	docs := make([]*ordered.Document, 0, len(set.Writes)+2)
	var keys []*ordered.Document
	for i := range set.Writes {
		w := &set.Writes[i]
		schema := storage.SchemaOf(w.Collection)
		index := e.indices.alias(w.Collection)
		if schema.Immutable {
			var err error
			if index, err = e.indices.current(context.Background(), w.Collection); err != nil {
				return nil, err
			}
		}
		doc := &ordered.Document{
			Key: keyOf(index, docID(set.Tenant, w.Doc.ID)), Mutable: !schema.Immutable, Unique: schema.Immutable && w.Doc.Unique,
			Content: source(set.Tenant, schema, &w.Doc),
		}
		if doc.Mutable {
			doc.Base, doc.Version, doc.Fresh = w.Doc.Version, w.Doc.Version+1, w.Doc.Made && w.Doc.Version == 0
			keys = append(keys, e.keyDocuments(set.Tenant, schema, &w.Doc)...)
		}
		docs = append(docs, doc)
	}
	return append(docs, keys...), nil
}

// written is what tells of a document's last writing.
type written struct {
	Ver uint64 `json:"ver"`
	By  string `json:"by"`
}

// Look implements ordered.Engine.
func (e engine) Look(ctx context.Context, docs []*ordered.Document) error {
	var asked []place
	var of []*ordered.Document
	for _, doc := range docs {
		doc.State = ordered.State{}
		if doc.Lax {
			if state, ok := e.states.GetIfPresent(doc.Key); ok {
				doc.State = state
				continue
			}
			if doc.Base == 0 { // the caller found none: the writing fails if there is one all the same
				continue
			}
		}
		at := placeOf(doc.Key)
		indices := []string{at.index}
		if !doc.Mutable {
			var err error
			if indices, err = e.siblings(ctx, at.index); err != nil {
				return err
			}
		}
		for _, index := range indices {
			asked, of = append(asked, place{index, at.id}), append(of, doc)
		}
	}
	hits, err := get[written](ctx, e.client, asked, []string{"ver", "by"})
	if err != nil {
		return err
	}
	for i, h := range hits {
		if h.Found {
			of[i].State = h.state(h.Source.Ver, h.Source.By)
		}
		if of[i].Mutable {
			e.note(of[i], of[i].State)
		}
	}
	return nil
}

// note remembers the state of a mutable document.
func (e engine) note(doc *ordered.Document, state ordered.State) {
	if state.Found {
		e.states.Set(doc.Key, state)
	} else {
		e.states.Invalidate(doc.Key)
	}
}

// siblings are the monthly indices of the collection to which one of them belongs.
func (e engine) siblings(ctx context.Context, index string) ([]string, error) {
	for i := range storage.Schemas {
		c := storage.Schemas[i].Collection
		if storage.Schemas[i].Immutable && strings.HasPrefix(index, e.indices.alias(c)+"-") {
			return e.indices.all(ctx, c)
		}
	}
	return []string{index}, nil
}

// Put implements ordered.Engine.
func (e engine) Put(ctx context.Context, docs []*ordered.Document) []ordered.Result {
	results := make([]ordered.Result, len(docs))
	var actions []action
	var at, keys []int
	for i, doc := range docs {
		if placeOf(doc.Key).index == e.indices.keys() {
			keys = append(keys, i)
			continue
		}
		actions, at = append(actions, actionOf(doc)), append(at, i)
	}
	outcomes := e.client.bulkUntil(ctx, actions)
	e.follow(ctx, outcomes, func(n int) *ordered.Document { return docs[at[n]] })
	for n, o := range outcomes {
		doc := docs[at[n]]
		results[at[n]] = ordered.Result{Conflict: o.conflict(), Err: o.err(e.client)}
		if !doc.Mutable {
			continue
		}
		if o.failed == nil && o.Status < 300 {
			e.states.Set(doc.Key, ordered.State{Found: true, Version: doc.Version, Stamp: doc.Stamp, Mark: [2]int64{o.SeqNo, o.PrimaryTerm}, Of: o.Index})
		} else {
			e.states.Invalidate(doc.Key)
		}
	}
	if len(keys) > 0 {
		some := make([]*ordered.Document, len(keys))
		for n, i := range keys {
			some[n] = docs[i]
		}
		for n, err := range e.storeKeys(ctx, some) {
			results[keys[n]].Err = err
		}
	}
	return results
}

func actionOf(doc *ordered.Document) action {
	head := []byte(`{"by":"` + doc.Stamp + `",`)
	a := action{verb: "create", at: placeOf(doc.Key), alias: doc.Mutable}
	if doc.Mutable {
		head = append(head, `"ver":`+strconv.FormatUint(doc.Version, 10)+`,`...)
		if doc.State.Found {
			a.verb, a.mark = "index", &doc.State.Mark
			a.at.index = writeAlias(doc.State.Of)
		}
	}
	a.content = [][]byte{head, doc.Content}
	return a
}

// follow writes once more, into the index that is in use now, what was to be written over documents of an index that was replaced
// meanwhile: their marks mean nothing in another index, but the stamps of the last writing were copied.
func (e engine) follow(ctx context.Context, outcomes []outcome, of func(n int) *ordered.Document) {
	for {
		var moved []*ordered.Document
		var at []int
		for n := range outcomes {
			if doc := of(n); doc.State.Found && doc.Mutable && outcomes[n].stale() {
				now := *doc
				now.Lax = false
				moved, at = append(moved, &now), append(at, n)
			}
		}
		if len(moved) == 0 {
			return
		}
		err := e.Look(ctx, moved)
		var actions []action
		var again []int
		for i, n := range at {
			was := of(n).State
			switch now := moved[i].State; {
			case err != nil:
				outcomes[n] = outcome{failed: err}
			case now.Found && now.Version == was.Version && now.Stamp == was.Stamp:
				actions, again = append(actions, actionOf(moved[i])), append(again, n)
			default:
				outcomes[n] = outcome{Status: http.StatusConflict}
			}
		}
		for i, o := range e.client.bulkUntil(ctx, actions) {
			outcomes[again[i]] = o
		}
	}
}

// Note implements ordered.Engine.
func (e engine) Note(ctx context.Context, id string, entry []byte, done []string) error {
	var actions []action
	for _, each := range done {
		actions = append(actions, action{verb: "delete", at: place{e.indices.journal(), each}})
	}
	if id != "" {
		text := tracardi.AppendText([]byte(`{"entry":`), base64.StdEncoding.EncodeToString(entry))
		actions = append(actions, action{verb: "create", at: place{e.indices.journal(), id}, content: [][]byte{append(text, '}')}})
	}
	outcomes := e.client.bulkUntil(ctx, actions)
	for i := range outcomes {
		if err := outcomes[i].err(e.client); err != nil {
			if id != "" && i < len(outcomes)-1 {
				continue // an entry too many is harmless
			}
			return err
		}
	}
	return nil
}

type journalEntry struct {
	Entry string `json:"entry"`
}

// Entries implements ordered.Engine.
func (e engine) Entries(ctx context.Context, ids ...string) (map[string][]byte, error) {
	entries := map[string][]byte{}
	add := func(id, text string) error {
		raw, err := base64.StdEncoding.DecodeString(text)
		entries[id] = raw
		return err
	}
	if len(ids) > 0 {
		var asked []place
		for _, id := range ids {
			asked = append(asked, place{e.indices.journal(), id})
		}
		hits, err := e.entries.get(ctx, asked)
		for i := 0; i < len(hits) && err == nil; i++ {
			if hits[i].Found {
				err = add(ids[i], hits[i].Source.Entry)
			}
		}
		return entries, err
	}
	request := map[string]any{"size": 100, "sort": []string{"_doc"}}
	var answer searchAnswer[journalEntry]
	err := e.client.call(ctx, http.MethodPost, "/"+e.indices.journal()+"/_search", request, &answer)
	for i := 0; i < len(answer.Hits.Hits) && err == nil; i++ {
		err = add(answer.Hits.Hits[i].ID, answer.Hits.Hits[i].Source.Entry)
	}
	return entries, err
}

// searchAnswer is the answer to a search.
type searchAnswer[T any] struct {
	ScrollID string `json:"_scroll_id"`
	Hits     struct {
		Total struct {
			Value int64 `json:"value"`
		} `json:"total"`
		Hits []hit[T] `json:"hits"`
	} `json:"hits"`
	Aggregations map[string]jsontext.Value `json:"aggregations"`
	TimedOut     bool                      `json:"timed_out"`
	Shards       struct {
		Failed int `json:"failed"`
	} `json:"_shards"`
}
