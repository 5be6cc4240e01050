package elastic

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// A search sees documents only after a refresh, but a visitor must be recognised by the next request. So for each key of a field
// that documents are looked up by (storage.KeyField.Identity) there is a small document that names the document with the key. Its
// id is made from the key, and getting by id is not late. It has a few slots, for documents that share a key; behind them a mark
// that there are more, which must be searched for. A key that equals the id of its document needs none. Who looks up gets the
// documents that the slots name and compares them: a slot stays when the key goes, until the document is deleted.
const slots = 4

// keyNote says which document has a key.
type keyNote struct {
	Tenant     string             `json:"tenant"`
	Collection storage.Collection `json:"collection"`
	Field      int                `json:"field"`
	Value      string             `json:"value"`
	ID         string             `json:"id"` // of the document; empty when there is one that must be searched for
}

// unlisted is the number of a field, beside its own, for documents in which it should be a list and is none: CONTAINS looks into
// texts too, and these documents are found by searching.
const unlisted = 1000

// place is where a slot of a key is; behind the last one is the mark that there are more.
func (n *keyNote) place(index string, slot int) place {
	m := rootMark.child(n.Tenant).child(string(n.Collection)).child(strconv.Itoa(n.Field)).child("=" + n.Value)
	return place{index, string(m) + "." + strconv.Itoa(slot)}
}

// keyDocuments are the notes of a document's keys.
func (e engine) keyDocuments(tenant string, schema *storage.Schema, doc *storage.Doc) (docs []*ordered.Document) {
	for i, field := range schema.Keys {
		if !field.Identity {
			continue
		}
		var notes []keyNote
		for _, value := range keyValues(field, doc.Body) {
			if value != doc.ID {
				notes = append(notes, keyNote{tenant, schema.Collection, i, value, doc.ID})
			}
		}
		if value, _ := field.Path.Find(doc.Body); field.List && isString(value) {
			notes = append(notes, keyNote{Tenant: tenant, Collection: schema.Collection, Field: unlisted + i})
		}
		for _, n := range notes {
			content, err := json.Marshal(&n)
			if _, known := e.confirmed.GetIfPresent(string(content)); known && doc.Version > 0 || err != nil {
				continue
			}
			docs = append(docs, &ordered.Document{Key: keyOf(e.indices.keys(), string(content)), Content: content})
		}
	}
	return docs
}

func isString(value any) bool {
	_, ok := value.(string)
	return ok
}

// keyValues are the keys of a field in a document.
func keyValues(field storage.KeyField, body []byte) (values []string) {
	value, _ := field.Path.Find(body)
	switch value := value.(type) {
	case string:
		if !field.List {
			return []string{value}
		}
	case []any:
		for _, item := range value {
			if text, ok := item.(string); ok && field.List {
				values = append(values, text)
			}
		}
	}
	return values
}

// storeKeys puts notes into the first free slots.
func (e engine) storeKeys(ctx context.Context, docs []*ordered.Document) []error {
	errs := make([]error, len(docs))
	notes := make([]keyNote, len(docs))
	var left []int
	for i, doc := range docs {
		if errs[i] = json.Unmarshal(doc.Content, &notes[i]); errs[i] == nil {
			left = append(left, i)
		}
	}
	for slot := 0; slot <= slots && len(left) > 0; slot++ {
		left = e.storeSlot(ctx, slot, left, docs, notes, errs)
	}
	return errs
}

// slotNote is what a slot holds.
type slotNote struct {
	Tenant string `json:"tenant"`
	ID     string `json:"id"`
}

// storeSlot tries one slot for each note and returns the notes that found it taken by others.
func (e engine) storeSlot(ctx context.Context, slot int, left []int, docs []*ordered.Document, notes []keyNote, errs []error) (taken []int) {
	var actions []action
	for _, i := range left {
		content := slotNote{notes[i].Tenant, notes[i].ID}
		if slot == slots {
			content.ID = ""
		}
		text, err := json.Marshal(&content)
		errs[i] = err
		actions = append(actions, action{verb: "create", at: notes[i].place(e.indices.keys(), slot), content: [][]byte{text}})
	}
	var asked []place
	var conflicts []int
	for n, o := range e.client.bulkUntil(ctx, actions) {
		i := left[n]
		switch {
		case o.conflict() && slot < slots:
			asked, conflicts = append(asked, actions[n].at), append(conflicts, i)
		case o.conflict() || o.err(e.client) == nil:
			e.confirmed.Set(string(docs[i].Content), struct{}{})
		default:
			errs[i] = o.err(e.client)
		}
	}
	hits, err := get[slotNote](ctx, e.client, asked, []string{"id"})
	for n, i := range conflicts {
		switch {
		case err != nil:
			errs[i] = err
		case hits[n].Found && hits[n].Source.ID == notes[i].ID:
			e.confirmed.Set(string(docs[i].Content), struct{}{})
		default:
			taken = append(taken, i)
		}
	}
	return taken
}

// deleteKeys removes the slots that name documents which are about to be deleted.
func (e engine) deleteKeys(ctx context.Context, tenant string, schema *storage.Schema, docs map[string]*found) error {
	var asked []place
	for _, f := range docs {
		for i, field := range schema.Keys {
			if !field.Identity {
				continue
			}
			for _, value := range keyValues(field, []byte(f.Body)) {
				n := keyNote{Tenant: tenant, Collection: schema.Collection, Field: i, Value: value}
				for slot := range slots {
					asked = append(asked, n.place(e.indices.keys(), slot))
				}
			}
		}
	}
	hits, err := get[slotNote](ctx, e.client, asked, []string{"id"})
	if err != nil {
		return err
	}
	var actions []action
	for i, h := range hits {
		if h.Found && docs[h.Source.ID] != nil {
			actions = append(actions, action{verb: "delete", at: asked[i]})
		}
	}
	for _, o := range e.client.bulkUntil(ctx, actions) {
		if err := o.err(e.client); err != nil && o.Status != http.StatusNotFound {
			return err
		}
	}
	return nil
}

// identity is a comparison by which documents are looked up.
type identity struct {
	field  int
	values []string
}

// identityOf finds a comparison with keys of identity that each match must fulfil.
func identityOf(schema *storage.Schema, where *expr.Condition) *identity {
	if schema.Immutable || where == nil || where.Root() == nil {
		return nil
	}
	nodes := []expr.Node{where.Root()}
	for len(nodes) > 0 {
		n := nodes[0]
		nodes = nodes[1:]
		if and, ok := n.(expr.And); ok {
			nodes = append(nodes, and.Nodes...)
		}
		leaf, ok := n.(*expr.Leaf)
		if !ok {
			continue
		}
		if found := identityOfLeaf(schema, leaf); found != nil {
			return found
		}
	}
	return nil
}

const mostLookedUp = 50 // keys; a condition with more is searched

func identityOfLeaf(schema *storage.Schema, leaf *expr.Leaf) *identity {
	field, ok := leaf.Left().(expr.Field)
	if !ok {
		return nil
	}
	for i, key := range schema.Keys {
		if !key.Identity || key.Path.String() != field.Path.String() {
			continue
		}
		var values []any
		if _, value, ok := leaf.Equals(); ok && !key.List {
			values = []any{value}
		} else if _, list, ok := leaf.OneOf(); ok && !key.List && leaf.Op() == expr.In {
			values = list
		} else if literal, ok := leaf.Right().(expr.Literal); ok && key.List && leaf.Op() == expr.Contains {
			values = []any{literal.Value}
		}
		found := &identity{field: i}
		for _, v := range values {
			if text, ok := v.(string); ok {
				found.values = append(found.values, text)
			}
		}
		if len(values) > 0 && len(found.values) == len(values) && len(values) <= mostLookedUp {
			return found
		}
	}
	return nil
}

// lookUp returns the documents with one of the keys, and perhaps others. ok is false when they must be searched for; then fresh
// tells that the search must see everything.
func (s *Store) lookUp(ctx context.Context, tenant string, schema *storage.Schema, by *identity) (docs map[string]*found, ok bool, err error) {
	c := schema.Collection
	var asked []place
	ids := map[string]bool{}
	ask := func(value string, from int) {
		n := keyNote{Tenant: tenant, Collection: c, Field: by.field, Value: value}
		for slot := from; slot <= slots; slot++ {
			asked = append(asked, n.place(s.indices.keys(), slot))
		}
	}
	for _, value := range by.values {
		ids[value] = true
		ask(value, 0)
	}
	if schema.Keys[by.field].List {
		n := keyNote{Tenant: tenant, Collection: c, Field: unlisted + by.field}
		asked = append(asked, n.place(s.indices.keys(), 0))
	}
	hits, err := s.slots.get(ctx, asked)
	if err != nil {
		return nil, false, err
	}
	for _, h := range hits {
		if h.Found && h.Source.ID == "" {
			return nil, false, s.refresh(ctx, c)
		}
		if h.Found {
			ids[h.Source.ID] = true
		}
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	docs, err = s.settled(ctx, tenant, c, list)
	return docs, true, err
}

// refresh makes searches see everything that is stored.
func (s *Store) refresh(ctx context.Context, c storage.Collection) error {
	return s.client.call(ctx, http.MethodPost, "/"+s.indices.alias(c)+"/_refresh", nil, nil)
}
