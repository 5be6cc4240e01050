package tracardi_test

import (
	"encoding/json"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

// Generators of random documents.

var (
	anyText  = rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringMatching(`[a-z]{1,8}`))
	anyKey   = rapid.OneOf(rapid.StringMatching(`[a-c]`), rapid.String())
	anyFloat = rapid.OneOf(rapid.Just(0.0), rapid.Float64(), rapid.SampledFrom([]float64{1, 1 << 53, 1 << 60}))
	anyInt   = rapid.IntRange(-1000, 1000)
	anyTexts = rapid.SliceOfN(anyText, 0, 3)
)

var anyTime = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "unset") {
		return time.Time{}
	}
	return time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(t, "µs")).UTC()
})

func anyValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 5
		if depth > 0 {
			kinds = 7
		}
		switch rapid.IntRange(1, kinds).Draw(t, "kind") {
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return anyText.Draw(t, "text")
		case 3:
			return rapid.Float64().Draw(t, "number")
		case 4:
			return json.Number("9007199254740993")
		case 6:
			return append([]any{}, rapid.SliceOfN(anyValue(depth-1), 0, 3).Draw(t, "list")...)
		case 7:
			return rapid.MapOfN(anyKey, anyValue(depth-1), 0, 3).Draw(t, "tree")
		}
		return nil
	})
}

// anyObject is decoded or still text.
var anyObject = rapid.Custom(func(t *rapid.T) tracardi.Object {
	object := tracardi.NewObject(rapid.MapOfN(anyKey, anyValue(2), 0, 3).Draw(t, "object"))
	if rapid.Bool().Draw(t, "text") {
		return tracardi.RawObject(string(object.AppendJSON(nil)))
	}
	return object
})

// draw fills the fields that the pointers point to.
func draw(t *rapid.T, fields ...any) {
	for _, field := range fields {
		switch f := field.(type) {
		case *string:
			*f = anyText.Draw(t, "text")
		case *float64:
			*f = anyFloat.Draw(t, "number")
		case *int:
			*f = anyInt.Draw(t, "int")
		case *bool:
			*f = rapid.Bool().Draw(t, "bool")
		case *time.Time:
			*f = anyTime.Draw(t, "time")
		case *[]string:
			*f = anyTexts.Draw(t, "texts")
		case *tracardi.Object:
			*f = anyObject.Draw(t, "object")
		default:
			t.Fatalf("no generator for %T", field)
		}
	}
}

func drawVisit(t *rapid.T, d *tracardi.Device, o *tracardi.OS, a *tracardi.App, u *tracardi.UTM) {
	draw(t, &d.Name, &d.Brand, &d.Model, &d.Type, &d.Touch, &d.IP, &d.Resolution, &d.ColorDepth, &d.Orientation,
		&d.Geo.Country.Name, &d.Geo.Country.Code, &d.Geo.City, &d.Geo.County, &d.Geo.Postal, &d.Geo.Latitude, &d.Geo.Longitude,
		&o.Name, &o.Version, &a.Type, &a.Name, &a.Version, &a.Language, &a.Bot, &a.Resolution,
		&u.Source, &u.Medium, &u.Campaign, &u.Term, &u.Content)
}

var anyEvent = rapid.Custom(func(t *rapid.T) *tracardi.Event {
	e := &tracardi.Event{}
	m := &e.Metadata
	draw(t, &e.ID, &e.Name, &e.Type, &e.Source.ID, &e.Session.ID, &e.Session.Start, &e.Session.Duration, &e.Session.TZ,
		&e.Profile.ID, &e.Profile.PrimaryID, &e.Properties, &e.Context, &e.Traits, &e.Data, &e.Config, &e.Tags, &e.Journey,
		&e.Hit.ID, &e.Hit.Name, &e.Hit.URL, &e.Hit.Referer, &e.Hit.Query, &e.Hit.Category, &e.Aux, &e.Trash,
		&m.Insert, &m.Create, &m.Update, &m.ProcessTime, &m.TotalTime, &m.IP, &m.Channel, &m.Status, &m.Rules, &m.Flows, &m.ThirdParty,
		&m.ProfileLess, &m.Debug, &m.Error, &m.Warning, &m.Merge, &m.Invalid, &m.Instance, &m.Aux)
	drawVisit(t, &e.Device, &e.OS, &e.App, &e.UTM)
	return e
})

var anySession = rapid.Custom(func(t *rapid.T) *tracardi.Session {
	s := &tracardi.Session{}
	m := &s.Metadata
	draw(t, &s.ID, &s.Profile.ID, &s.Profile.PrimaryID, &s.Context, &s.Properties, &s.Traits, &s.Aux,
		&m.Time.Insert, &m.Time.Update, &m.Time.Timestamp, &m.Time.Duration, &m.Channel, &m.Status, &m.Aux)
	m.Time.Weekday = rapid.IntRange(0, 6).Draw(t, "weekday")
	drawVisit(t, &s.Device, &s.OS, &s.App, &s.UTM)
	return s
})

var anyProfile = rapid.Custom(func(t *rapid.T) *tracardi.Profile {
	p := &tracardi.Profile{}
	m := &p.Metadata
	draw(t, &p.ID, &p.PrimaryID, &p.IDs, &p.Stats.Visits, &p.Stats.Views, &p.Stats.Counters, &p.Traits, &p.Segments, &p.Consents, &p.Active,
		&p.Aux, &p.Data, &p.Misc, &p.Trash, &m.Time.Insert, &m.Time.Create, &m.Time.Update, &m.Time.Segmentation,
		&m.Time.Visit.Last, &m.Time.Visit.Current, &m.Time.Visit.Count, &m.Time.Visit.TZ,
		&m.Status, &m.Aux, &m.System.Integrations, &m.System.Aux)
	p.Interests = rapid.MapOfN(anyKey, anyFloat, 0, 3).Draw(t, "interests")
	m.Fields = rapid.MapOfN(rapid.StringMatching(`[a-z.]{1,9}`), rapid.Custom(func(t *rapid.T) tracardi.FieldOrigin {
		return tracardi.FieldOrigin{
			Time: anyTime.Draw(t, "time"), Event: anyText.Draw(t, "event"), Former: anyValue(1).Draw(t, "former"),
		}
	}), 0, 3).Draw(t, "fields")
	return p
})
