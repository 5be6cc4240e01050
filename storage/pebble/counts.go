package pebble

import (
	"encoding/binary"
	"math"

	"github.com/tracardi/tracardi-go/expr"
)

// group returns which counters count a field: 0 is for all documents.
func (p *plan) group(field *expr.Path) (byte, bool) {
	if field == nil {
		return 0, true
	}
	for i, path := range p.schema.Groups {
		if path.String() == field.String() {
			return byte(i + 1), true
		}
	}
	return 0, false
}

// hours divides the plan's time into the whole hours in its middle, nil if there are none, and the rest at its edges.
func (p *plan) hours() (middle *plan, edges []*plan) {
	from, to := p.from, p.to
	if from != math.MinInt64 {
		from = (hourOf(from-1) + 1) * hourMicros
	}
	if to != math.MaxInt64 {
		to = hourOf(to) * hourMicros
	}
	if from >= to {
		return nil, []*plan{p}
	}
	if p.from < from {
		edges = append(edges, p.within(p.from, from))
	}
	if to < p.to {
		edges = append(edges, p.within(to, p.to))
	}
	return p.within(from, to), edges
}

// counted adds up the counters of all documents in the plan's hours.
func (p *plan) counted() (total int64, err error) {
	_, err = p.eachHour(0, func(_ int64, counts map[string]int64) bool {
		total += counts[""]
		return true
	})
	return total, err
}

// eachHour calls f with the counters of a group, by value, for one hour after the other. It returns the parts of the plan that
// are left to be counted from the documents: those that f refuses, and those with values that have no counter.
func (p *plan) eachHour(group byte, f func(hour int64, counts map[string]int64) bool) (rest []*plan, err error) {
	lower, upper := append(p.space.key(tagCount), group), after(append(p.space.key(tagCount), group))
	prefix := len(lower)
	if p.from != math.MinInt64 {
		lower = p.space.count(group, hourOf(p.from), "")
	}
	if p.to != math.MaxInt64 {
		upper = p.space.count(group, hourOf(p.to), "")
	}
	hour, counts, taken := int64(0), map[string]int64{}, true
	finish := func() {
		if len(counts) == 0 {
			return
		}
		before := taken
		taken = counts[uncountable] == 0 && f(hour, counts)
		switch {
		case taken:
		case before:
			rest = append(rest, p.within(hour*hourMicros, (hour+1)*hourMicros))
		default: // no document lies between the hour before and this one
			rest[len(rest)-1].to = (hour + 1) * hourMicros
		}
		clear(counts)
	}
	err = p.store.eachBetween(lower, upper, func(key, value []byte) error {
		if at := unsortable(binary.BigEndian.Uint64(key[prefix:])); at != hour {
			finish()
			hour = at
		}
		if n := counterValue(value); n != 0 {
			counts[string(key[prefix+8:])] = n
		}
		return p.ctx.Err()
	})
	finish()
	return rest, err
}

// countedBars counts whole hours into a histogram, and returns the parts of the plan that it can't.
func (p *plan) countedBars(result *bars, group byte) ([]*plan, error) {
	return p.eachHour(group, func(hour int64, counts map[string]int64) bool {
		start := result.interval.Start(fromMicros(hour * hourMicros))
		if !start.Equal(result.interval.Start(fromMicros((hour+1)*hourMicros - 1))) {
			return false
		}
		for value, n := range counts {
			result.add(micros(start), value, n)
		}
		return true
	})
}

// countedValues counts the values of a field in whole hours, and returns the parts of the plan that it can't.
func (p *plan) countedValues(counts map[string]int64, group byte) ([]*plan, error) {
	return p.eachHour(group, func(_ int64, of map[string]int64) bool {
		for value, n := range of {
			if value != "" {
				addTo(counts, textMark+value, n)
			}
		}
		return true
	})
}
