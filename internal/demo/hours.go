package demo

import (
	"sort"
	"time"
)

// busyHours turns even numbers into times when people visit shops: rarely at night, often in the evening, less at weekends, and
// a little more every week.
type busyHours struct {
	begin time.Time
	sums  []float64 // visits until the end of each hour
}

var hourly = [24]float64{2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 13, 12, 12, 13, 14, 16, 19, 20, 17, 11, 5}

func (p Plan) busyHours() busyHours {
	b := busyHours{begin: p.End.AddDate(0, 0, -p.Days), sums: make([]float64, p.Days*24)}
	sum := 0.0
	for i := range b.sums {
		at := b.begin.Add(time.Duration(i) * time.Hour).UTC()
		busy := hourly[at.Hour()] * (1 + 0.3*float64(i)/float64(len(b.sums)))
		if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
			busy *= 0.8
		}
		sum += busy
		b.sums[i] = sum
	}
	return b
}

// at returns the time before which the given part, from 0 to 1, of all visits begins.
func (b busyHours) at(part float64) time.Time {
	wanted := part * b.sums[len(b.sums)-1]
	hour := min(sort.SearchFloat64s(b.sums, wanted), len(b.sums)-1)
	before := 0.0
	if hour > 0 {
		before = b.sums[hour-1]
	}
	inside := (wanted - before) / (b.sums[hour] - before)
	return b.begin.Add(time.Duration((float64(hour) + inside) * float64(time.Hour)))
}
