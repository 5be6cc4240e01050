package pebble

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

const fullHour = time.Hour

// wholeHours tells whether a zone's hours are UTC's hours.
func wholeHours(zone *time.Location) bool {
	if zone == nil {
		return true
	}
	for _, month := range []time.Month{time.January, time.July} {
		if _, offset := time.Date(2026, month, 1, 0, 0, 0, 0, zone).Zone(); offset%3600 != 0 {
			return false
		}
	}
	return true
}

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

// eachCount calls f with the counters of the plan's hours.
func (p *plan) eachCount(f func(hour int64, group byte, value []byte, n int64)) error {
	prefix := p.space.key(tagCount)
	lower, upper := prefix, after(prefix)
	if p.from != math.MinInt64 {
		lower = p.space.count(hourOf(p.from), 0, "")
	}
	if p.to != math.MaxInt64 {
		upper = p.space.count(hourOf(p.to), 0, "")
	}
	return p.store.eachBetween(lower, upper, func(key, value []byte) error {
		if n := counterValue(value); n != 0 {
			rest := key[len(prefix):]
			f(unsortable(binary.BigEndian.Uint64(rest)), rest[8], rest[9:], n)
		}
		return p.ctx.Err()
	})
}

func (p *plan) counted() (total int64, err error) {
	err = p.eachCount(func(_ int64, group byte, _ []byte, n int64) {
		if group == 0 {
			total += n
		}
	})
	return total, err
}

func (p *plan) countedBars(result *bars, wanted byte) error {
	return p.eachCount(func(hour int64, group byte, value []byte, n int64) {
		if group == wanted {
			start := result.interval.Start(fromMicros(hour * hourMicros))
			result.add(micros(start), rawGroup(group, value), n)
		}
	})
}

func (p *plan) countedValues(counts map[string]int64, wanted byte) error {
	return p.eachCount(func(_ int64, group byte, value []byte, n int64) {
		if raw := rawGroup(group, value); group == wanted && raw != "" {
			counts[raw] += n
		}
	})
}

// rawGroup returns a counted value as JSON text, as columns hold it; a document without the field was counted under "".
func rawGroup(group byte, value []byte) string {
	if group == 0 || len(value) == 0 {
		return ""
	}
	return string(tracardi.AppendText(nil, string(value)))
}
