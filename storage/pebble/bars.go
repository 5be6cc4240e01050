package pebble

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// bars gathers a histogram.
type bars struct {
	mu       sync.Mutex
	interval storage.Interval
	counts   map[int64]map[string]int64 // interval's start → value's text → count
}

func newBars(interval storage.Interval) *bars {
	return &bars{interval: interval, counts: map[int64]map[string]int64{}}
}

func (b *bars) add(start int64, value string, n int64) {
	at := b.counts[start]
	if at == nil {
		at = map[string]int64{}
		b.counts[start] = at
	}
	addTo(at, value, n)
}

// addTo adds to a count. A new key is copied: it may be a part of a whole column.
func addTo(counts map[string]int64, key string, n int64) {
	if _, found := counts[key]; !found {
		key = strings.Clone(key)
	}
	counts[key] += n
}

// addValue counts a value as it stands in the document.
func (b *bars) addValue(start int64, raw string, n int64) {
	keys := appendKeys(nil, raw)
	if len(keys) == 0 {
		b.add(start, "", n)
	}
	for _, key := range keys {
		b.add(start, keyText(key), n)
	}
}

// addMatches counts the rows of a block; consecutive rows mostly lie in one bar.
func (b *bars) addMatches(m matches) {
	var start, end int64
	var codes []uint32 // that have a count
	counts := make([]int64, len(m.values)+1)
	flush := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, code := range codes {
			if code == 0 {
				b.add(start, "", counts[code])
			} else {
				b.addValue(start, m.values[code-1], counts[code])
			}
			counts[code] = 0
		}
		codes = codes[:0]
	}
	for i, ref := range m.refs {
		if i == 0 || ref.time >= end {
			flush()
			start, end = b.bounds(ref.time)
		}
		code := uint32(0)
		if m.codes != nil {
			code = m.codes[i]
		}
		if counts[code]++; counts[code] == 1 {
			codes = append(codes, code)
		}
	}
	flush()
}

// bounds returns the start of the interval that holds a time, and a later time up to which all others have the same.
func (b *bars) bounds(t int64) (start, end int64) {
	zone := b.interval.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := fromMicros(t).In(zone)
	first := b.interval.Start(at)
	next := first.Add(b.interval.Width)
	if b.interval.Width >= 24*time.Hour {
		year, month, day := at.Date()
		next = time.Date(year, month, day+1, 0, 0, 0, 0, zone)
	}
	if _, change := at.ZoneBounds(); !change.IsZero() && change.Before(next) {
		next = change
	}
	return micros(first), max(micros(next), t+1)
}

func (b *bars) buckets() []storage.Bucket {
	zone := b.interval.Zone
	if zone == nil {
		zone = time.UTC
	}
	buckets := []storage.Bucket{}
	for start, values := range b.counts {
		for value, n := range values {
			if n != 0 {
				buckets = append(buckets, storage.Bucket{Time: fromMicros(start).In(zone), Value: value, Count: n})
			}
		}
	}
	slices.SortFunc(buckets, func(a, b storage.Bucket) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Value, b.Value))
	})
	return buckets
}

func (p *plan) histogram(result *bars, field *expr.Path) error {
	parts := []*plan{p}
	if group, ok := p.group(field); ok && p.where == nil && result.interval.Width >= time.Hour {
		middle, edges := p.hours()
		parts = edges
		if middle != nil {
			rest, err := middle.countedBars(result, group)
			if err != nil {
				return err
			}
			parts = append(parts, rest...)
		}
	}
	return eachMatches(parts, field, result.addMatches)
}

// top counts the values of a field, by their keys.
func (p *plan) top(field *expr.Path) (map[string]int64, error) {
	counts := map[string]int64{}
	parts := []*plan{p}
	if group, ok := p.group(field); ok && p.where == nil {
		middle, edges := p.hours()
		parts = edges
		if middle != nil {
			rest, err := middle.countedValues(counts, group)
			if err != nil {
				return nil, err
			}
			parts = append(parts, rest...)
		}
	}
	var mu sync.Mutex
	err := eachMatches(parts, field, func(m matches) {
		perCode := make([]int64, len(m.values)+1)
		for _, code := range m.codes {
			perCode[code]++
		}
		mu.Lock()
		defer mu.Unlock()
		var keys []string
		for i, value := range m.values {
			if n := perCode[i+1]; n > 0 {
				keys = appendKeys(keys[:0], value)
				for _, key := range keys {
					addTo(counts, key, n)
				}
			}
		}
	})
	return counts, err
}

// eachMatches calls f with the matches of each block of the plans, from several goroutines.
func eachMatches(plans []*plan, field *expr.Path, f func(matches)) error {
	for _, p := range plans {
		blocks, err := p.blocks()
		if err != nil {
			return err
		}
		err = p.each(blocks, func(b block) error {
			m, err := b.matches(p, field)
			if err == nil {
				f(m)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
