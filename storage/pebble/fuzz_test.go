package pebble

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

func FuzzDocument(f *testing.F) {
	whole := document{time: -5, version: 300, id: "id", keys: []storage.Key{{Field: 1, Value: "a"}, {Field: 2}}, body: []byte(`{"a":1}`)}
	f.Add(whole.append(nil))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{255}, 40))
	f.Fuzz(func(t *testing.T, value []byte) {
		_ = documentTime(value)
		doc, err := parseDocument(value)
		body, bodyErr := parseBody(value)
		if (err == nil) != (bodyErr == nil) || err == nil && !bytes.Equal(body, doc.body) {
			t.Fatalf("two ways to the body: %q, %v and %q, %v", doc.body, err, body, bodyErr)
		}
		if err != nil {
			return
		}
		again, err := parseDocument(doc.append(nil))
		if diff := cmp.Diff(doc, again, cmp.AllowUnexported(document{})); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzRun(f *testing.F) {
	f.Add(uint64(7), (&run{first: 7, last: 9, from: -1, to: math.MaxInt64}).value())
	f.Add(uint64(math.MaxUint64), []byte{2, 0, 0})
	f.Fuzz(func(t *testing.T, first uint64, value []byte) {
		r := run{}
		if r.parse(first, value) != nil {
			return
		}
		again := run{}
		if err := again.parse(first, r.value()); err != nil || again != r || r.last < r.first || r.to < r.from {
			t.Fatalf("got %+v and %+v, %v", r, again, err)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add((&cursor{Time: -1, Number: 5}).String())
	f.Add((&cursor{Time: 3, Key: sortKey{rank: rankText, text: "a\xff", id: "ü", number: math.Inf(1)}}).String())
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil || c == nil {
			return
		}
		again, err := parseCursor(c.String())
		if err != nil || again.Time != c.Time || again.Key.text != c.Key.text || again.Key.id != c.Key.id {
			t.Fatalf("got %+v and %+v, %v", c, again, err)
		}
	})
}

func FuzzColumn(f *testing.F) {
	c := column{values: []string{`"a"`, "1"}, codes: []uint16{0, 1, 2, 1}}
	f.Add(c.encode(), uint16(4))
	f.Add([]byte{4, 0, 0, 0, 0}, uint16(3))
	f.Fuzz(func(t *testing.T, stored []byte, rows uint16) {
		c, err := decodeColumn(stored, int(rows))
		if err != nil {
			return
		}
		if slices.Contains(c.values, "") || len(c.codes) != int(rows) || len(c.codes) > 0 && int(slices.Max(c.codes)) > len(c.values) {
			t.Fatalf("decoded a column that can't be used: %+v", c)
		}
		again, err := decodeColumn(c.encode(), int(rows))
		if diff := cmp.Diff(c, again, cmp.AllowUnexported(column{})); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzSegmentRows(f *testing.F) {
	seg := segment{Rows: 3, First: 10, From: -7}
	f.Add(seg.encodeRows([]rowRef{{-7, 12}, {-7, 13}, {0, 10}}), int64(-7))
	f.Fuzz(func(t *testing.T, stored []byte, from int64) {
		seg := segment{Rows: 3, First: 10, From: from}
		rows, err := seg.decodeRows(stored)
		if err == nil && len(rows) != 3 {
			t.Fatalf("got %d rows", len(rows))
		}
	})
}

func FuzzSegmentHeader(f *testing.F) {
	header, _ := json.Marshal(&segment{Number: 1, First: 2, Last: 9, Rows: 8, Columns: map[string]columnInfo{"a": {Types: 1, Count: 3}}})
	f.Add(header)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, value []byte) {
		seg, err := parseSegment(spaceOf(1, storage.Events), value)
		if err != nil {
			return
		}
		_ = seg.answers(expr.MustPath("a.b"))
		if seg.deleted.Load() == nil || fullBitmap(seg.Rows).count() != seg.Rows {
			t.Fatalf("a segment that can't be used: %+v", seg)
		}
	})
}

// FuzzLayout lays two documents out in columns. Whatever the columns answer is what the documents hold.
func FuzzLayout(f *testing.F) {
	f.Add(`{"a":{"b":1,"c":[1,{"x":2}],"d":{ }},"e":null,"f":"\u0061\"}{"}`, `{"a":"x", "f" : -1e5 ,"g":{"\"h\\":{"i":true}}}`)
	f.Add(`{"":{"x":1},"a\u001fb":{"c":1}}`, `{"a":{"":1},"metadata":{"time":{"insert":5}}}`)
	f.Add(`{"a":`+strings.Repeat(`{"d":`, 20)+"1"+strings.Repeat("}", 21), ` { "a" : [ ] } `)
	f.Add(`{"a":1,"a":2,"b":{"x":1},"b":{"y":2}}`, `{"id":1,"trash":{"a":1},"config":[]}`)
	f.Add(`{`, `{"a"`)
	f.Add(`{"a":}`, `[1,2]`)
	f.Fuzz(func(t *testing.T, first, second string) {
		bodies := []string{first, second}
		where := spaceOf(1, storage.Events)
		seg := &segment{Rows: 2, space: where, schema: where.schema(), Columns: map[string]columnInfo{}}
		b := newColumnsBuilder(2, columnPath(seg.schema.Time))
		for row, body := range bodies {
			b.add(row, []byte(body))
		}
		seg.Partial = b.partial
		for path, c := range b.columns {
			seg.Columns[path] = columnInfo{Types: c.types, Count: c.count, Missing: c.left}
			if c.left {
				continue
			}
			if _, err := decodeColumn(c.encode(), 2); err != nil {
				t.Fatalf("column %q can't be read: %v", path, err)
			}
		}
		for row, body := range bodies {
			if !json.Valid([]byte(body)) || !strings.HasPrefix(strings.TrimSpace(body), "{") || hasTwins(body) {
				continue
			}
			for _, path := range pathsOf(body) {
				if !seg.answers(path) || path.String() == seg.schema.Time.String() {
					continue
				}
				want, _ := path.FindRaw([]byte(body))
				c := b.columns[columnPath(path)]
				got := ""
				if c != nil && c.codes[row] > 0 {
					got = c.values[c.codes[row]-1]
				}
				if strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(string(want)), "") {
					t.Fatalf("%s of %s is %q in its column", path, body, got)
				}
			}
		}
	})
}

// pathsOf returns the paths of all members of a document, and some that it may not have.
func pathsOf(body string) (paths []expr.Path) {
	var doc map[string]any
	if json.Unmarshal([]byte(body), &doc) != nil {
		return nil
	}
	var walk func(prefix string, members map[string]any)
	walk = func(prefix string, members map[string]any) {
		for name, value := range members {
			quoted, _ := json.Marshal(name)
			text := prefix + "[" + string(quoted) + "]"
			path, err := expr.ParsePath(text)
			if err != nil || strings.ContainsRune(name, '\ufffd') {
				continue
			}
			paths = append(paths, path, expr.MustPath(text+".none"), expr.MustPath(text+".0"))
			if inner, ok := value.(map[string]any); ok {
				walk(text, inner)
			}
		}
	}
	walk("", doc)
	return paths
}

// hasTwins tells whether an object of the document has two members of one name; which of them counts is not promised.
func hasTwins(body string) bool {
	decoder := json.NewDecoder(strings.NewReader(body))
	var walk func() bool
	walk = func() bool {
		token, _ := decoder.Token()
		delimiter, ok := token.(json.Delim)
		if !ok {
			return false
		}
		seen, twins := map[any]bool{}, false
		for decoder.More() {
			if delimiter == '{' {
				name, _ := decoder.Token()
				twins = twins || seen[name]
				seen[name] = true
			}
			twins = walk() || twins
		}
		_, _ = decoder.Token() // the end
		return twins
	}
	return walk()
}
