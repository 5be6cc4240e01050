package expr

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// function is a function of the language.
type function struct {
	args []argument
	eval func(now time.Time, a, b value) (value, error)
}

// argument is what a function takes.
type argument uint8

const (
	anyText argument = iota
	anyDate
	anyNumber
	anyZone
	anyOffset
)

// functions are all functions by name. Zones and offsets that are constants come prepared in value.any.
var functions = map[string]*function{
	"now": {nil, func(now time.Time, _, _ value) (value, error) { return dateValue(now), nil }},

	"utcnow": {nil, func(now time.Time, _, _ value) (value, error) { return dateValue(now.UTC()), nil }},

	"now.timezone": {[]argument{anyZone}, func(now time.Time, zone, _ value) (value, error) {
		return nowIn(now, zone)
	}},

	"now.offset": {[]argument{anyOffset}, func(now time.Time, by, _ value) (value, error) {
		return shifted(dateValue(now), by)
	}},

	"now.timezone.offset": {[]argument{anyZone, anyOffset}, func(now time.Time, zone, by value) (value, error) {
		t, err := nowIn(now, zone)
		if err != nil {
			return value{}, err
		}
		return shifted(t, by)
	}},

	"datetime": {[]argument{anyDate}, func(now time.Time, x, _ value) (value, error) {
		return dateIn(now, x, time.UTC)
	}},

	"datetime.offset": {[]argument{anyDate, anyOffset}, func(now time.Time, x, by value) (value, error) {
		t, err := dateIn(now, x, time.UTC)
		if err != nil {
			return value{}, err
		}
		return shifted(t, by)
	}},

	"datetime.timezone": {[]argument{anyDate, anyZone}, func(now time.Time, x, zone value) (value, error) {
		loc, err := zone.zone()
		if err != nil {
			return value{}, err
		}
		return dateIn(now, x, loc)
	}},

	"datetime.from_timestamp": {[]argument{anyNumber}, func(_ time.Time, x, _ value) (value, error) {
		if x.kind != number || math.Abs(x.num) > maxTimestamp {
			return value{}, errors.New("datetime.from_timestamp needs a number of seconds since 1970")
		}
		seconds, fraction := math.Modf(x.num)
		return dateValue(time.Unix(int64(seconds), int64(fraction*1e9)).UTC()), nil
	}},

	"lowercase": {[]argument{anyText}, func(_ time.Time, x, _ value) (value, error) {
		if x.kind != text {
			return value{}, errors.New("lowercase needs a text, there is " + x.kind.String())
		}
		return textValue(strings.ToLower(x.text)), nil
	}},

	"uppercase": {[]argument{anyText}, func(_ time.Time, x, _ value) (value, error) {
		if x.kind != text {
			return value{}, errors.New("uppercase needs a text, there is " + x.kind.String())
		}
		return textValue(strings.ToUpper(x.text)), nil
	}},
}

const maxTimestamp = 253402300799 // the end of the year 9999

// lookup finds a function; now has two forms.
func lookup(name string, args int) (key string, f *function, err error) {
	if name == "now" && args == 1 {
		return "now.timezone", functions["now.timezone"], nil
	}
	f, ok := functions[name]
	switch {
	case !ok:
		return "", nil, fmt.Errorf("there is no function %s", clip(name))
	case len(f.args) != args:
		return "", nil, fmt.Errorf("%s takes %d arguments, there are %d", name, len(f.args), args)
	}
	return name, f, nil
}

// check refuses constants that the function can never use.
func (a argument) check(v value) error {
	switch a {
	case anyZone:
		_, err := v.zone()
		return err
	case anyOffset:
		_, err := v.offset()
		return err
	case anyDate:
		if v.kind == null {
			return nil
		}
		_, err := dateIn(time.Time{}, v, time.UTC)
		return err
	}
	return nil
}

// prepare computes once what a constant argument stands for.
func (a argument) prepare(v value) value {
	switch a {
	case anyZone:
		if zone, err := v.zone(); err == nil {
			v.any = zone
		}
	case anyOffset:
		if by, err := v.offset(); err == nil {
			v.any = by
		}
	}
	return v
}

func (v *value) zone() (*time.Location, error) {
	if zone, ok := v.any.(*time.Location); ok {
		return zone, nil
	}
	if v.kind != text || v.text == "" {
		return nil, errors.New("a time zone is a text such as \"Europe/Paris\", there is " + v.kind.String())
	}
	zone, err := time.LoadLocation(strings.Clone(v.text))
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q", clip(v.text))
	}
	return zone, nil
}

func (v *value) offset() (Offset, error) {
	if by, ok := v.any.(Offset); ok {
		return by, nil
	}
	if v.kind != text {
		return Offset{}, fmt.Errorf("%w, there is %s", errOffset, v.kind)
	}
	return ParseOffset(v.text)
}

func nowIn(now time.Time, zone value) (value, error) {
	loc, err := zone.zone()
	if err != nil {
		return value{}, err
	}
	return dateValue(now.In(loc)), nil
}

// dateIn reads a date; a text without zone is read in the zone, a date is shown in it.
func dateIn(now time.Time, x value, zone *time.Location) (value, error) {
	switch x.kind {
	case date:
		return dateValue(x.time.In(zone)), nil
	case text:
		t, err := ParseDate(x.text, now, zone)
		return dateValue(t), err
	}
	return value{}, errors.New("a date is a text, there is " + x.kind.String())
}

func shifted(t, by value) (value, error) {
	o, err := by.offset()
	if err != nil {
		return value{}, err
	}
	moved := o.Add(t.time)
	if !isCommonEra(moved) {
		return value{}, errors.New("the offset leads out of the calendar")
	}
	return dateValue(moved), nil
}
