package expr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// isoLayouts are the forms of ISO 8601 in which documents hold dates. Go reads fractions of seconds after any of them.
var isoLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04",
	"2006-01-02",
	"20060102T150405Z0700",
	"20060102T150405",
}

// parseISO reads an ISO date; one without zone belongs to the given zone.
func parseISO(s string, zone *time.Location) (time.Time, bool) {
	// A cheap look first: most texts are no dates, but ids made of the time begin like one.
	if len(s) < len("2006-01-02") || len(s) > 40 || s[0] < '0' || s[0] > '9' || s[3] < '0' || s[3] > '9' {
		return time.Time{}, false
	}
	if dashes := s[4] == '-' && s[7] == '-'; !dashes && s[8] != 'T' {
		return time.Time{}, false
	}
	for _, layout := range isoLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, isCommonEra(t)
		}
	}
	return time.Time{}, false
}

// otherLayouts are further ways in which people and protocols write dates.
var otherLayouts = []string{
	time.RFC1123Z, time.RFC1123, time.RFC850, time.RFC822Z, time.RFC822, time.ANSIC, time.UnixDate, time.RubyDate,
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
	"2 January 2006 15:04:05", "2 January 2006 15:04", "2 January 2006",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006",
	"January 2, 2006 15:04:05", "January 2, 2006 15:04", "January 2, 2006 3:04 PM", "January 2, 2006", "January 2 2006",
	"Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "Jan 2 2006",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
	"January 2006", "Jan 2006", "2006-01",
}

// ParseDate reads a date in any form: ISO, the usual written forms, and words such as "now", "yesterday", "2 days ago",
// "in 3 hours" or "-15m". A date without zone belongs to the given zone. Days and months in figures with strokes
// (1/2/2006) are refused, because nobody can tell which is which.
func ParseDate(s string, now time.Time, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, ok := parseISO(s, zone); ok {
		return t, nil
	}
	if len(s) <= 60 {
		for _, layout := range otherLayouts {
			if t, err := time.ParseInLocation(layout, s, zone); err == nil && isCommonEra(t) {
				return t, nil
			}
		}
		if t, ok := parseRelative(strings.ToLower(s), now.In(zone)); ok {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot read %q as a date", clip(s))
}

// parseRelative reads a date that depends on the present.
func parseRelative(s string, now time.Time) (time.Time, bool) {
	year, month, day := now.Date()
	switch s {
	case "now":
		return now, true
	case "today":
		return time.Date(year, month, day, 0, 0, 0, 0, now.Location()), true
	case "yesterday":
		return time.Date(year, month, day-1, 0, 0, 0, 0, now.Location()), true
	case "tomorrow":
		return time.Date(year, month, day+1, 0, 0, 0, 0, now.Location()), true
	}
	if s == "" || (s[0] != '-' && s[0] != '+' && !strings.HasPrefix(s, "in ") && !strings.HasSuffix(s, " ago")) {
		return time.Time{}, false
	}
	by, err := ParseOffset(s)
	if err != nil {
		return time.Time{}, false
	}
	t := by.Add(now)
	return t, isCommonEra(t)
}

// Offset is a distance in time; months and days are those of the calendar.
type Offset struct {
	months, days int
	rest         time.Duration
}

// Add moves a time by the offset.
func (o Offset) Add(t time.Time) time.Time { return t.AddDate(0, o.months, o.days).Add(o.rest) }

// isCommonEra tells whether the date can be written in UTC with four digits of year.
func isCommonEra(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
}

// units are the words for a unit by their first letters: the number of months, days and nanoseconds in it.
var units = map[string]Offset{
	"ms": {rest: time.Millisecond}, "millisecond": {rest: time.Millisecond},
	"s": {rest: time.Second}, "sec": {rest: time.Second}, "second": {rest: time.Second},
	"m": {rest: time.Minute}, "min": {rest: time.Minute}, "minute": {rest: time.Minute},
	"h": {rest: time.Hour}, "hr": {rest: time.Hour}, "hour": {rest: time.Hour},
	"d": {days: 1}, "day": {days: 1},
	"w": {days: 7}, "week": {days: 7},
	"mo": {months: 1}, "mon": {months: 1}, "month": {months: 1},
	"y": {months: 12}, "yr": {months: 12}, "year": {months: 12},
}

const maxOffset = 1_000_000 * time.Hour

var errOffset = errors.New(`an offset is written like "-15m", "2 days" or "1 hour ago"`)

// ParseOffset reads a distance in time: "-15m", "2 days", "1h 30m", "500ms", "in 3 weeks", "1 month ago". The longest has six digits of
// its unit.
func ParseOffset(s string) (Offset, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	sign := 1
	if rest, ok := strings.CutSuffix(s, " ago"); ok {
		s, sign = rest, -1
	} else if rest, ok := strings.CutPrefix(s, "in "); ok {
		s = rest
	} else if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, sign = rest, -1
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	s = strings.TrimSpace(s)
	if len(s) > 60 {
		return Offset{}, errOffset
	}
	var sum Offset
	for first := true; first || s != ""; first = false {
		digits := leading(s, '0', '9')
		s = strings.TrimSpace(s[len(digits):])
		letters := leading(s, 'a', 'z')
		s = strings.TrimSpace(s[len(letters):])
		n, err := strconv.Atoi(digits)
		if err != nil || n > 999_999 {
			return Offset{}, errOffset
		}
		unit, ok := units[letters]
		if !ok {
			unit, ok = units[strings.TrimSuffix(letters, "s")]
		}
		if !ok {
			return Offset{}, fmt.Errorf("there is no unit of time %q; %w", letters, errOffset)
		}
		n *= sign
		sum.months += n * unit.months
		sum.days += n * unit.days
		sum.rest += time.Duration(n) * unit.rest
		if sum.rest.Abs() > maxOffset {
			return Offset{}, errOffset
		}
	}
	return sum, nil
}

// leading is the beginning of s made of bytes from low to high.
func leading(s string, low, high byte) string {
	end := 0
	for end < len(s) && low <= s[end] && s[end] <= high {
		end++
	}
	return s[:end]
}
