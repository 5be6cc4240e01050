package elastic

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// Count implements storage.Records. The engine counts the sure matches, while the unclear ones are looked at.
func (s *Store) Count(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (int64, error) {
	p, err := s.newPlan(ctx, tenant, c, q)
	if err != nil {
		return 0, err
	}
	var looked int64
	sure, err := p.tally(ctx, nil, func(*found) { looked++ })
	if err != nil {
		return 0, err
	}
	return sure.Hits.Total.Value + looked, nil
}

// tally asks for the number of sure matches, with aggregations of them, and calls f with the unclear documents that match.
func (p *plan) tally(ctx context.Context, aggregations clause, f func(*found)) (*searchAnswer[found], error) {
	if p.surely().none() || p.unclear().none() {
		sure, err := p.sums(ctx, aggregations)
		if err == nil {
			err = p.look(ctx, p.unclear(), f)
		}
		return sure, err
	}
	answers, err := p.askTwo(ctx, p.sum(aggregations), p.first(p.unclear(), noOrder))
	if err != nil {
		return nil, err
	}
	sure, unclear := answers[0], answers[1].Hits.Hits
	if len(unclear) == few {
		return sure, p.pick(p.scroll(ctx, p.unclear(), noOrder), f)
	}
	for i := range unclear {
		if doc := &unclear[i].Source; p.holds(doc) {
			f(doc)
		}
	}
	return sure, nil
}

// sum is a search for the number of sure matches and for aggregations of them.
func (p *plan) sum(aggregations clause) clause {
	request := clause{"query": query(p.surely()), "size": 0, "track_total_hits": true}
	if aggregations != nil {
		request["aggs"] = aggregations
	}
	return request
}

// sums asks for what sum describes.
func (p *plan) sums(ctx context.Context, aggregations clause) (*searchAnswer[found], error) {
	if p.surely().none() {
		return &searchAnswer[found]{}, nil
	}
	return ask[found](ctx, p, p.sum(aggregations), p.path+"/_search")
}

// look calls f with the documents of a query that match.
func (p *plan) look(ctx context.Context, c clause, f func(*found)) error {
	return p.pick(p.stream(ctx, c, nil), f)
}

// pick calls f with those of some documents that match.
func (p *plan) pick(docs iter.Seq2[*found, error], f func(*found)) error {
	for doc, err := range docs {
		if err != nil {
			return err
		}
		if p.holds(doc) {
			f(doc)
		}
	}
	return nil
}

// declaredField is the name of the engine's field with the values of a path; ok is false when the engine has none.
func (p *plan) declaredField(path *expr.Path) (name string, ok bool) {
	i := slices.Index(declared(p.schema), path.String())
	return "c" + strconv.Itoa(i), i >= 0
}

// Top implements storage.Records.
func (s *Store) Top(ctx context.Context, tenant string, c storage.Collection, q storage.Query, field string, n int) ([]storage.Value, error) {
	path, err := parseField("field", field)
	if err != nil {
		return nil, err
	}
	p, err := s.newPlan(ctx, tenant, c, q)
	if err != nil {
		return nil, err
	}
	counts := map[any]int64{}
	note := func(doc *found) {
		for _, value := range countedValues(path, doc.Body) {
			counts[value]++
		}
	}
	name, known := p.declaredField(path)
	if !known {
		if err := p.look(ctx, p.perhaps(), note); err != nil {
			return nil, err
		}
		return mostFrequent(counts, n), nil
	}
	sources := []any{clause{"v": clause{"terms": clause{"field": name}}}}
	err = p.group(ctx, sources, false, func(key map[string]any, count int64) {
		text, _ := key["v"].(string)
		counts[countedValue(text)] += count
	}, note)
	if err != nil {
		return nil, err
	}
	return mostFrequent(counts, n), nil
}

func mostFrequent(counts map[any]int64, n int) []storage.Value {
	values := make([]storage.Value, 0, len(counts))
	for value, count := range counts {
		values = append(values, storage.Value{Value: value, Count: count})
	}
	slices.SortFunc(values, func(a, b storage.Value) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(valueText(a.Value), valueText(b.Value)))
	})
	return values[:max(0, min(n, len(values)))]
}

// countedValues are the values under which a document is counted: that of the field or, of a list, each of its elements once.
// Null, objects and numbers beyond all bounds count as missing.
func countedValues(path *expr.Path, body string) (values []any) {
	raw, _ := path.FindRaw([]byte(body))
	var add func(v gjson.Result)
	add = func(v gjson.Result) {
		var value any
		switch v.Type {
		case gjson.String:
			value = v.Str
		case gjson.Number:
			if math.IsInf(v.Num, 0) {
				return
			}
			value = v.Num + 0 // not -0
		case gjson.True, gjson.False:
			value = v.Type == gjson.True
		default:
			if v.IsArray() {
				v.ForEach(func(_, item gjson.Result) bool { add(item); return true })
			}
			return
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	add(gjson.ParseBytes(raw))
	return values
}

// valueText is what a value is called in a histogram.
func valueText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(value)
	}
	return ""
}

const compositeSize = 5000

// errTimes tells that documents are of times by which the engine cannot count.
var errTimes = errors.New("a document is of a time by which the engine cannot count")

// group calls f with each combination of values among the sure matches and the number of documents that have it, and note with the
// unclear documents that match. When it groups by times, the error may be errTimes, and what it called must be forgotten.
func (p *plan) group(ctx context.Context, sources []any, timed bool, f func(key map[string]any, count int64), note func(*found)) error {
	how := clause{"size": compositeSize, "sources": sources}
	aggregations := clause{"all": clause{"composite": how}}
	if timed && (p.from < countableFrom || p.to > countableTo) {
		aggregations["first"], aggregations["last"] = clause{"min": clause{"field": timeField}}, clause{"max": clause{"field": timeField}}
	}
	answer, err := p.tally(ctx, aggregations, note)
	for err == nil {
		if !countable(answer) {
			return errTimes
		}
		var page struct {
			After   map[string]any `json:"after_key"`
			Buckets []struct {
				Key   map[string]any `json:"key"`
				Count int64          `json:"doc_count"`
			} `json:"buckets"`
		}
		if raw := answer.Aggregations["all"]; raw != nil {
			if err := json.Unmarshal(raw, &page); err != nil {
				return tracardi.Errorf(tracardi.Internal, "read the counts of the store: %w", err)
			}
		}
		for _, b := range page.Buckets {
			f(b.Key, b.Count)
		}
		if len(page.Buckets) < compositeSize || page.After == nil {
			return nil
		}
		how["after"] = page.After
		answer, err = p.sums(ctx, aggregations)
	}
	return err
}

// bars are the counts of a histogram.
type bars struct {
	interval storage.Interval
	counts   map[barKey]int64
	starts   map[int64]time.Time
}

type barKey struct {
	start int64
	value string
}

// add counts documents at a time, under values of which there is at least the empty one.
func (b *bars) add(at int64, values []any, count int64) {
	start := b.interval.Start(time.UnixMicro(at).UTC())
	micros := start.UnixMicro()
	b.starts[micros] = start
	if len(values) == 0 {
		values = []any{""}
	}
	for _, v := range values {
		b.counts[barKey{micros, valueText(v)}] += count
	}
}

func newBars(interval storage.Interval) *bars {
	return &bars{interval: interval, counts: map[barKey]int64{}, starts: map[int64]time.Time{}}
}

func (b *bars) buckets() []storage.Bucket {
	zone := b.interval.Zone
	if zone == nil {
		zone = time.UTC
	}
	buckets := make([]storage.Bucket, 0, len(b.counts))
	for key, count := range b.counts {
		buckets = append(buckets, storage.Bucket{Time: b.starts[key.start].In(zone), Value: key.value, Count: count})
	}
	slices.SortFunc(buckets, func(a, b storage.Bucket) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Value, b.Value)) })
	return buckets
}

// Histogram implements storage.Records. The engine counts by pieces of time that every interval is made of whole.
func (s *Store) Histogram(ctx context.Context, tenant string, c storage.Collection, q storage.Query, interval storage.Interval, groupBy string) ([]storage.Bucket, error) {
	if interval.Width < time.Second {
		return nil, tracardi.InvalidField("interval", "must be a second or longer")
	}
	var field *expr.Path
	if groupBy != "" {
		var err error
		if field, err = parseField("group_by", groupBy); err != nil {
			return nil, err
		}
	}
	p, err := s.newPlan(ctx, tenant, c, q)
	if err != nil {
		return nil, err
	}
	result := newBars(interval)
	note := func(doc *found) {
		var values []any
		if field != nil {
			values = countedValues(field, doc.Body)
		}
		result.add(doc.At, values, 1)
	}
	sources := []any{clause{"t": clause{"histogram": clause{"field": timeField, "interval": piece(interval)}}}}
	known := true
	if field != nil {
		var name string
		name, known = p.declaredField(field)
		sources = append(sources, clause{"v": clause{"terms": clause{"field": name, "missing_bucket": true}}})
	}
	err = errTimes
	if known {
		err = p.group(ctx, sources, true, func(key map[string]any, count int64) {
			at, _ := key["t"].(float64)
			var values []any
			if text, _ := key["v"].(string); text != "" {
				values = []any{countedValue(text)}
			}
			result.add(int64(at), values, count)
		}, note)
	}
	if errors.Is(err, errTimes) {
		result = newBars(interval)
		err = p.look(ctx, p.perhaps(), note)
	}
	if err != nil {
		return nil, err
	}
	return result.buckets(), nil
}

// piece is the width, in microseconds, of the largest pieces of which intervals are made in each zone of today: their offsets
// are multiples of a quarter of an hour.
func piece(interval storage.Interval) int64 {
	a, b := interval.Width.Microseconds(), (15 * time.Minute).Microseconds()
	if interval.Width%time.Microsecond != 0 {
		return 1
	}
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// The times in which zones have such offsets and in which the engine's numbers are exact.
var (
	countableFrom = time.Date(1973, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	countableTo   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// countable tells whether all sure matches lie in a time in which the engine can count by pieces of time, as far as that was asked.
func countable(answer *searchAnswer[found]) bool {
	type value struct {
		Value float64 `json:"value"`
	}
	first, last := value{float64(countableFrom)}, value{}
	for name, into := range map[string]*value{"first": &first, "last": &last} {
		raw := answer.Aggregations[name]
		if answer.Hits.Total.Value > 0 && raw != nil && json.Unmarshal(raw, into) != nil {
			return false
		}
	}
	return first.Value >= float64(countableFrom) && last.Value < float64(countableTo)
}
