package storage

import (
	"math"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// TimeSpan returns the times, in microseconds since 1970 and to exclusive, at which a comparison of a collection's time holds.
// ok is false for comparisons of other fields and those that are no range.
func TimeSpan(schema *Schema, leaf *expr.Leaf) (from, to int64, ok bool) {
	r, ok := leaf.Range()
	if !ok || r.Field.Path.String() != schema.Time.String() {
		return 0, 0, false
	}
	from, to = math.MinInt64, math.MaxInt64
	if r.Min != nil {
		if from, ok = FirstTime(r.Min, r.MinOpen); !ok {
			return 0, 0, true
		}
	}
	if r.Max != nil {
		if to, ok = FirstTime(r.Max, !r.MaxOpen); !ok {
			return 0, 0, true
		}
	}
	return from, to, true
}

// FirstTime returns the earliest time, in microseconds since 1970, that is not before an end of a range or, when it is open,
// that is after it. With a text the written forms are compared, whose order is that of the times. ok is false for a number: no
// time has an order with it.
func FirstTime(end any, open bool) (t int64, ok bool) {
	switch end := end.(type) {
	case time.Time:
		if open {
			return end.UnixMicro() + 1, true
		}
		return MicrosUp(end), true
	case string:
		low, high := firstMicro, lastMicro+1
		for low < high {
			middle := low + (high-low)/2
			if text := TimeText(middle); text > end || text == end && !open {
				high = middle
			} else {
				low = middle + 1
			}
		}
		return low, true
	}
	return 0, false
}

// MicrosUp is the first full microsecond that is not before t, since 1970.
func MicrosUp(t time.Time) int64 {
	micros := t.UnixMicro()
	if t.Nanosecond()%1000 != 0 {
		micros++
	}
	return micros
}

// The times that can be written, in microseconds: years 0 to 9999.
var (
	firstMicro = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	lastMicro  = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1
)

// TimeText is a time, in microseconds since 1970, as documents hold it.
func TimeText(t int64) string {
	var room [32]byte
	text := tracardi.AppendTime(room[:0], time.UnixMicro(t).UTC())
	return string(text[1 : len(text)-1])
}
