package elastic

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	sampleDocuments = 500 // newest documents that tell which fields there are
	sampleDepth     = 12
)

// typeNames are the types of values in the order in which they are told.
var typeNames = []string{"string", "number", "boolean", "null", "array"}

// Fields implements storage.Records.
func (s *Store) Fields(ctx context.Context, tenant string, c storage.Collection) ([]storage.FieldInfo, error) {
	p, err := s.newPlan(ctx, tenant, c, storage.Query{})
	if err != nil {
		return nil, err
	}
	page, err := p.searchByTime(ctx, nil, sampleDocuments, false)
	if err != nil {
		return nil, err
	}
	seen := map[string]*storage.FieldInfo{}
	for _, doc := range page.Docs {
		sample(seen, "", gjson.ParseBytes(doc.Body), 0)
	}
	fields := make([]storage.FieldInfo, 0, len(seen))
	for text, info := range seen {
		path, err := expr.ParsePath(text)
		if err != nil {
			continue // no query can name it
		}
		info.Path = path.String()
		slices.SortFunc(info.Types, func(a, b string) int { return cmp.Compare(slices.Index(typeNames, a), slices.Index(typeNames, b)) })
		fields = append(fields, *info)
	}
	slices.SortFunc(fields, func(a, b storage.FieldInfo) int { return cmp.Compare(a.Path, b.Path) })
	return fields, nil
}

// unsearched are members of documents that nobody searches.
var unsearched = []string{"config", "trash"}

func sample(seen map[string]*storage.FieldInfo, at string, parent gjson.Result, depth int) {
	var here names
	parent.ForEach(func(key, value gjson.Result) bool {
		if here.had(key.Str) || depth == 0 && slices.Contains(unsearched, key.Str) {
			return true
		}
		path := at + "[" + string(tracardi.AppendText(nil, key.Str)) + "]"
		if value.IsObject() {
			if depth < sampleDepth {
				sample(seen, path, value, depth+1)
			}
			return true
		}
		info := seen[path]
		if info == nil {
			info = &storage.FieldInfo{}
			seen[strings.Clone(path)] = info
		}
		info.Count++
		if name := typeName(value); !slices.Contains(info.Types, name) {
			info.Types = append(info.Types, name)
		}
		return true
	})
}

func typeName(v gjson.Result) string {
	switch {
	case v.Type == gjson.String:
		return typeNames[0]
	case v.Type == gjson.Number:
		return typeNames[1]
	case v.IsBool():
		return typeNames[2]
	case v.Type == gjson.Null:
		return typeNames[3]
	}
	return typeNames[4]
}
