package expr

// Data is what a condition is evaluated on. Get answers one path of one source; ok is false when it is absent, and JSON
// null is (nil, true). Values are nil, bool, float64, string, []any and map[string]any; int, int64, []string and
// time.Time are understood too. The source is in lower case, and "" for a field of the record that is searched.
type Data interface {
	Get(source string, p Path) (value any, ok bool)
}

// Document is one JSON document that answers for every source: a record that is searched, or a profile under the
// condition of a segment.
type Document []byte

// Get implements [Data].
func (d Document) Get(_ string, p Path) (value any, ok bool) { return p.Find(d) }

// Sources are JSON documents by the name of their source, in lower case.
type Sources map[string][]byte

// Get implements [Data]; a source that is not there is missing as a whole.
func (s Sources) Get(source string, p Path) (value any, ok bool) {
	doc, ok := s[source]
	if !ok {
		return nil, false
	}
	return p.Find(doc)
}
