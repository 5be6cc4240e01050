package api

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// Bars of a histogram: what "auto" aims at, and the most that are given.
const (
	wantedBars = 60
	maxBars    = 2000
)

const day = 24 * time.Hour

// widths are those that "auto" chooses from: people read them easily, and each divides the day or is a multiple of it.
var widths = []time.Duration{
	time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day,
}

var intervalNames = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": day, "week": 7 * day,
}

// Bar is the count of one interval, and of one value when the bars are grouped.
type Bar struct {
	Time  time.Time `json:"time" doc:"When the interval begins, in the zone that was asked for."`
	Value *string   `json:"value,omitempty"`
	Count int64     `json:"count"`
}

// Histogram counts documents by time. Intervals without documents are left out.
type Histogram struct {
	Interval string `json:"interval" doc:"The width of a bar, such as 30m or 1d."`
	Buckets  []Bar  `json:"buckets" nullable:"false"`
}

func (d documents) histogram(ctx context.Context, in *struct {
	Filter
	Interval string `query:"interval" maxLength:"20" default:"auto" doc:"auto, second, minute, hour, day, week, or a width such as 15m, 6h or 2d."`
	GroupBy  string `query:"group_by" maxLength:"512" doc:"A field by whose values the bars are divided."`
	TZ       string `query:"tz" maxLength:"60" default:"UTC" doc:"The zone in which days begin." example:"Europe/Berlin"`
},
) (*struct{ Body Histogram }, error) {
	now := time.Now()
	q, err := in.query(ctx, d.collection, now)
	if err != nil {
		return nil, err
	}
	zone, err := zone("query.tz", in.TZ)
	if err != nil {
		return nil, err
	}
	groupBy := ""
	if in.GroupBy != "" {
		path, err := expr.ParsePath(in.GroupBy)
		if err != nil {
			return nil, tracardi.InvalidField("query.group_by", "is no field: %v", err)
		}
		if err := mayGroup(ctx, "query.group_by", d.collection, path); err != nil {
			return nil, err
		}
		groupBy = path.String()
	}
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	span, err := d.span(ctx, q, now)
	if err != nil {
		return nil, err
	}
	width, err := barWidth(in.Interval, span)
	if err != nil {
		return nil, err
	}
	buckets, err := d.s.records.Histogram(ctx, of(ctx).tenant, d.collection, q, storage.Interval{Width: width, Zone: zone}, groupBy)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body Histogram }{Histogram{Interval: widthText(width), Buckets: make([]Bar, len(buckets))}}
	for i, b := range buckets {
		out.Body.Buckets[i] = Bar{Time: b.Time, Count: b.Count}
		if groupBy != "" {
			out.Body.Buckets[i].Value = &b.Value
		}
	}
	return out, nil
}

// span is the time that the bars cover. Where the query has no bound the documents give it.
func (d documents) span(ctx context.Context, q storage.Query, now time.Time) (time.Duration, error) {
	edge := func(ascending bool) (time.Time, error) {
		q := q
		q.Limit, q.Sort = 1, storage.Sort{Ascending: ascending}
		page, err := d.s.records.Search(ctx, of(ctx).tenant, d.collection, q)
		if err != nil || len(page.Docs) == 0 {
			return now, err
		}
		return page.Docs[0].Time, nil
	}
	from, to := q.From, q.To
	var err error
	if from.IsZero() {
		if from, err = edge(true); err != nil {
			return 0, err
		}
	}
	if to.IsZero() {
		if to, err = edge(false); err != nil {
			return 0, err
		}
	}
	return max(to.Sub(from), 0), nil
}

// barWidth reads the width that was asked for.
func barWidth(text string, span time.Duration) (time.Duration, error) {
	if text == "auto" {
		return autoWidth(span), nil
	}
	width, ok := intervalNames[text]
	if !ok {
		width, ok = parseWidth(text)
	}
	switch {
	case !ok || width < time.Second:
		return 0, tracardi.InvalidField("query.interval", "is no interval: write auto, second, minute, hour, day, week, or a width such as 15m, 6h or 2d")
	case width < time.Hour && time.Hour%width != 0, width > time.Hour && width < day && day%width != 0, width > day && width%day != 0:
		return 0, tracardi.InvalidField("query.interval", "does not divide an hour or a day: write 15m, 6h or 2d for example")
	case span/width > maxBars:
		return 0, tracardi.InvalidField("query.interval", "gives more than %d bars: choose a wider one, auto, or a shorter time", maxBars)
	}
	return width, nil
}

// autoWidth chooses the width whose number of bars is nearest to the wanted one.
func autoWidth(span time.Duration) time.Duration {
	best, distance := widths[0], math.Inf(1)
	for _, width := range widths {
		bars := max(float64(span)/float64(width), 1)
		if d := math.Abs(math.Log(bars / wantedBars)); d < distance {
			best, distance = width, d
		}
	}
	return best
}

func parseWidth(text string) (time.Duration, bool) {
	if digits, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.Atoi(digits)
		return time.Duration(days) * day, err == nil && days > 0 && days <= 366
	}
	width, err := time.ParseDuration(text)
	return width, err == nil
}

// widthText is a width as people write it.
func widthText(width time.Duration) string {
	for _, unit := range []struct {
		name  string
		width time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}} {
		if width%unit.width == 0 {
			return strconv.Itoa(int(width/unit.width)) + unit.name
		}
	}
	return strconv.Itoa(int(width/time.Second)) + "s"
}
