package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

// query writes a path with parameters: name, value, name, value …
func query(path string, parameters ...string) string {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	return path + "?" + values.Encode()
}

// shop is a house with some events, sessions and profiles of the last minute.
func shop(t *testing.T) *house {
	h := open(t)
	now := time.Now()
	h.write(tenant, storage.Events, now,
		`{"type":"page-view","source":{"id":"web"},"session":{"id":"s1"},"profile":{"id":"ann"},"properties":{"url":"/a","n":1}}`,
		`{"type":"page-view","source":{"id":"web"},"session":{"id":"s1"},"profile":{"id":"ann-old"},"properties":{"url":"/b","n":2}}`,
		`{"type":"purchase","source":{"id":"app"},"session":{"id":"s2"},"profile":{"id":"bob"},"properties":{"price":10.50,"big":12345678901234567890}}`,
		`{"type":"page-view","source":{"id":"app"},"session":{"id":"s2"},"profile":{"id":"bob"},"properties":{"url":"*?\"","n":3}}`)
	h.write(tenant, storage.Sessions, now, `{"id":"s1","profile":{"id":"ann"}}`, `{"id":"s2","profile":{"id":"bob"}}`)
	h.write(tenant, storage.Profiles, now, `{"id":"ann","ids":["ann","ann-old","emm-\"1\""]}`, `{"id":"bob","ids":["bob"]}`)
	h.write(tenant, storage.Entities, now, `{"id":"group:acme","type":"group","properties":{"id":"acme"},"traits":{"name":"Acme"}}`)
	h.write("other", storage.Events, now, `{"id":"theirs","type":"page-view","profile":{"id":"ann"}}`)
	return h
}

type page struct {
	Items []struct {
		ID   string
		Type string
	}
	Total *int64
	Next  string
}

func (p *page) ids() string {
	var ids []string
	for _, item := range p.Items {
		ids = append(ids, strings.TrimPrefix(item.ID, "event-"))
	}
	return strings.Join(ids, " ")
}

func TestSearch(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	for _, x := range []struct {
		parameters []string
		want       string
	}{
		{nil, "3 2 1 0"},
		{[]string{"q", `type = "page-view"`}, "3 1 0"},
		{[]string{"q", `event@type = purchase`}, "2"},
		{[]string{"q", `profile.id IN [ann, bob] AND NOT type = purchase`}, "3 0"},
		{[]string{"q", "  "}, "3 2 1 0"},
		{[]string{"sort", "metadata.time.insert"}, "0 1 2 3"},
		{[]string{"sort", "-metadata.time.insert"}, "3 2 1 0"},
		{[]string{"from", "-1h"}, "3 2 1 0"},
		{[]string{"from", "now-1h", "to", "now"}, "3 2 1 0"},
		{[]string{"to", "-1h"}, ""},
		{[]string{"from", time.Now().Add(time.Hour).Format(time.RFC3339)}, ""},
		{[]string{"q", `type = "none"`}, ""},
		{[]string{"limit", "2"}, "3 2"},
	} {
		var got page
		c.send("GET", query("/events", x.parameters...), "").wants(http.StatusOK).read(&got)
		if got.ids() != x.want {
			t.Errorf("%v: got %q, want %q", x.parameters, got.ids(), x.want)
		}
		if want := int64(len(strings.Fields(x.want))); got.Total == nil || *got.Total != want && !slices.Contains(x.parameters, "limit") {
			t.Errorf("%v: got a total of %v, want %d", x.parameters, got.Total, want)
		}
	}
	if a := c.send("GET", "/events?total=false", "").wants(http.StatusOK); strings.Contains(a.body, "total") {
		t.Errorf("the total was not asked for: %s", a.body)
	}
	c.send("GET", "/sessions", "").wants(http.StatusOK, `"id":"s1"`, `"total":2`)
	c.send("GET", "/profiles", "").wants(http.StatusOK, `"id":"ann"`, `"total":2`)
}

func TestPages(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	var ids []string
	for cursor, pages := "", 0; ; pages++ {
		var got page
		c.send("GET", query("/events", "limit", "3", "cursor", cursor), "").wants(http.StatusOK).read(&got)
		if *got.Total != 4 {
			t.Errorf("the total of a page is %d", *got.Total)
		}
		ids = append(ids, got.ids())
		if cursor = got.Next; cursor == "" || pages > 3 {
			break
		}
	}
	if diff := cmp.Diff([]string{"3 2 1", "0"}, ids); diff != "" {
		t.Error(diff)
	}
	c.send("GET", "/events?cursor=rubbish", "").wants(http.StatusBadRequest, `"location":"query.cursor"`)
}

func TestDocumentsArePassedThrough(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Marketer)
	for _, path := range []string{"/events", "/events/event-2"} {
		c.send("GET", path, "").wants(http.StatusOK, `"properties":{"price":10.50,"big":12345678901234567890}`)
	}
	c.send("GET", "/events/none", "").wants(http.StatusNotFound)
	c.send("GET", "/events/theirs", "").wants(http.StatusNotFound)
	c.send("GET", "/sessions/s1", "").wants(http.StatusOK, `"id":"s1"`)
	c.send("GET", "/entities/group:acme", "").wants(http.StatusOK, `"traits":{"name":"Acme"}`)
	c.send("GET", query("/entities", "q", `type = "group" AND traits.name = "Acme"`), "").wants(http.StatusOK, `"total":1`)
}

func TestQueryErrors(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	a := c.send("GET", query("/events", "q", "type = AND ü"), "").wants(http.StatusBadRequest, `"location":"query.q"`)
	var problem struct {
		Errors []struct {
			Position struct {
				Offset, Line, Column int
				Found                string
				Expected             []string
			}
		}
	}
	a.read(&problem)
	if p := problem.Errors[0].Position; p.Offset != 7 || p.Line != 1 || p.Column != 8 || len(p.Expected) == 0 {
		t.Errorf("got %+v", p)
	}
	for _, x := range []struct {
		path, location string
		status         int
	}{
		{query("/events", "q", "profile@name = 1"), "query.q", 400},
		{query("/events", "from", "soonish"), "query.from", 400},
		{query("/events", "to", "now-1parsec"), "query.to", 400},
		{query("/events", "from", "2026-01-02", "to", "2026-01-01"), "query.from", 400},
		{query("/events", "sort", "a..b"), "query.sort", 400},
		{query("/events", "limit", "0"), "query.limit", 422},
		{query("/events", "limit", "1001"), "query.limit", 422},
		{query("/events", "limit", "x"), "query.limit", 422},
		{query("/events", "lmit", "1"), "query.lmit", 422},
		{query("/events/count", "q", "("), "query.q", 400},
		{query("/events/top/type", "q", "("), "query.q", 400},
		{query("/events/histogram", "q", "("), "query.q", 400},
		{query("/events/export", "q", "("), "query.q", 400},
		{query("/profiles/ann/timeline", "q", "("), "query.q", 400},
		{query("/events/top/type", "n", "0"), "query.n", 422},
		{"/events/top/a..b", "path.field", 422},
		{query("/events/histogram", "interval", "fortnight"), "query.interval", 400},
		{query("/events/histogram", "interval", "7m"), "query.interval", 400},
		{query("/events/histogram", "interval", "5h"), "query.interval", 400},
		{query("/events/histogram", "interval", "1ms"), "query.interval", 400},
		{query("/events/histogram", "interval", "second", "from", "-1d"), "query.interval", 400},
		{query("/events/histogram", "tz", "Mars/Olympus"), "query.tz", 400},
		{query("/events/histogram", "tz", "Local"), "query.tz", 400},
		{query("/events/histogram", "group_by", "a..b"), "query.group_by", 400},
		{query("/events/export", "fields", "a,,b"), "query.fields", 400},
		{query("/events/export", "format", "xls"), "query.format", 422},
	} {
		h.as(auth.Admin).send("GET", x.path, "").wants(x.status, `"location":"`+x.location+`"`)
	}
}

func TestCountAndTop(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	c.send("GET", query("/events/count", "q", "type = purchase"), "").wants(http.StatusOK, `{"count":1}`)
	c.send("GET", "/events/top/type", "").wants(http.StatusOK,
		`{"values":[{"value":"page-view","count":3},{"value":"purchase","count":1}]}`)
	c.send("GET", query("/events/top/source.id", "n", "1", "q", "type = purchase"), "").wants(http.StatusOK, `{"values":[{"value":"app","count":1}]}`)
	c.send("GET", query("/events/top/properties.n", "q", "properties.n = 2"), "").wants(http.StatusOK, `{"values":[{"value":2,"count":1}]}`)
	c.send("GET", "/events/top/none", "").wants(http.StatusOK, `{"values":[]}`)
}

func TestHistogram(t *testing.T) {
	h := open(t)
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	h.write(tenant, storage.Events, noon.Add(1*time.Second), `{"type":"a"}`, `{"type":"b"}`)
	h.write(tenant, storage.Events, noon.Add(90*time.Minute), `{"id":"x","type":"a"}`)
	c := h.as(auth.Viewer)
	day := []string{"from", "2026-03-10", "to", "2026-03-11"}
	for _, x := range []struct {
		parameters []string
		want       string
	}{
		{
			[]string{"interval", "hour"},
			`{"interval":"1h","buckets":[{"time":"2026-03-10T12:00:00Z","count":2},{"time":"2026-03-10T13:00:00Z","count":1}]}`,
		},
		{nil, // auto
			`{"interval":"30m","buckets":[{"time":"2026-03-10T12:00:00Z","count":2},{"time":"2026-03-10T13:30:00Z","count":1}]}`},
		{[]string{"interval", "day", "tz", "Asia/Tokyo"}, `{"interval":"1d","buckets":[{"time":"2026-03-10T00:00:00+09:00","count":3}]}`},
		{
			[]string{"interval", "6h", "group_by", "type"},
			`{"interval":"6h","buckets":[{"time":"2026-03-10T12:00:00Z","value":"a","count":2},{"time":"2026-03-10T12:00:00Z","value":"b","count":1}]}`,
		},
		{[]string{"interval", "15m", "q", "type = b"}, `{"interval":"15m","buckets":[{"time":"2026-03-10T12:00:00Z","count":1}]}`},
		{[]string{"q", "type = none"}, `{"interval":"30m","buckets":[]}`},
	} {
		c.send("GET", query("/events/histogram", append(x.parameters, day...)...), "").wants(http.StatusOK, x.want)
	}
	// Without bounds the documents tell how wide the bars are: 90 minutes here.
	c.send("GET", "/events/histogram", "").wants(http.StatusOK, `"interval":"2m"`)
	c.send("GET", "/sessions/histogram", "").wants(http.StatusOK, `"buckets":[]`)
}

func TestTimeline(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	for _, id := range []string{"ann", "ann-old", `emm-%221%22`} {
		var got page
		c.send("GET", "/profiles/"+id+"/timeline", "").wants(http.StatusOK).read(&got)
		if got.ids() != "1 0" {
			t.Errorf("%s: got %q", id, got.ids())
		}
		c.send("GET", "/profiles/"+id, "").wants(http.StatusOK, `"id":"ann"`)
	}
	var first, second page
	c.send("GET", query("/profiles/ann/timeline", "limit", "1"), "").wants(http.StatusOK).read(&first)
	c.send("GET", query("/profiles/ann/timeline", "limit", "1", "cursor", first.Next), "").wants(http.StatusOK).read(&second)
	if first.ids()+second.ids() != "10" {
		t.Errorf("got %q, then %q", first.ids(), second.ids())
	}
	var some page
	c.send("GET", query("/profiles/ann/timeline", "q", `properties.n = 2 OR type = purchase`), "").wants(http.StatusOK).read(&some)
	if some.ids() != "1" {
		t.Errorf("got %q, want only what is Ann's", some.ids())
	}
	c.send("GET", "/profiles/none/timeline", "").wants(http.StatusNotFound)

	ids := `"eve"`
	for i := range 2000 { // more than fit into a condition that somebody types
		ids += fmt.Sprintf(`,"%036d"`, i)
	}
	h.write(tenant, storage.Profiles, time.Now(), `{"id":"eve","ids":[`+ids+`]}`)
	h.write(tenant, storage.Events, time.Now(), fmt.Sprintf(`{"id":"hers","profile":{"id":"%036d"}}`, 1999))
	c.send("GET", "/profiles/eve/timeline", "").wants(http.StatusOK, `"id":"hers"`)
}

func TestSuggest(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Viewer)
	f := func(typed, rest string, from, to int, wants ...string) {
		t.Helper()
		ask := func() *answer {
			return c.send("GET", query("/events/suggest", "q", typed+rest, "cursor", fmt.Sprint(len([]rune(typed)))), "")
		}
		a := ask()
		for end := time.Now().Add(time.Minute); !h.slow && strings.Contains(a.body, `"more":true`) && time.Now().Before(end); { // on a busy machine
			a = ask()
		}
		a.wants(http.StatusOK, append(wants, fmt.Sprintf(`"from":%d,"to":%d,`, from, to))...)
		if len(wants) == 0 && !strings.Contains(a.body, `"items":[]`) {
			t.Errorf("%q: got %s", typed, a.body)
		}
	}
	f("", "", 0, 0, `"text":"type","kind":"field","type":"string","count":4`, `"text":"properties.url"`)
	f("ty", "", 0, 2, `"text":"type"`)
	f("event@ty", "pe", 0, 10, `"text":"event@type"`)
	f("type ", "", 5, 5, `"text":"=","kind":"operator"`, `"text":"CONTAINS"`)
	f("type = ", "", 7, 7, `"text":"\"page-view\"","kind":"value","count":3`, `"text":"\"purchase\""`)
	f(`type = "pu`, `rch"`, 7, 14, `"text":"\"purchase\""`)
	f(`type = "ü" AND type = p`, "", 22, 23, `"text":"\"purchase\""`)
	f("type = purchase ", "", 16, 16, `"text":"AND","kind":"keyword"`)
	f("type = = ", "", 9, 9)
	h.slow = true // nobody waits for what takes long, but is told to ask again
	f("prop", "", 0, 4, `"items":[],"more":true`)
	h.slow = false
	f("prop", "", 0, 4, `"text":"properties.url"`)
	// A value with signs of the language is written so that it means itself.
	var got struct{ Items []struct{ Text string } }
	c.send("GET", query("/events/suggest", "q", "properties.url = "), "").wants(http.StatusOK).read(&got)
	for _, item := range got.Items {
		if strings.HasPrefix(item.Text, `"\*`) {
			c.send("GET", query("/events/count", "q", "properties.url = "+item.Text), "").wants(http.StatusOK, `{"count":1}`)
			return
		}
	}
	t.Errorf("the value with signs is missing: %v", got.Items)
}

func TestValidateQuery(t *testing.T) {
	h := open(t)
	c := h.as(auth.Viewer)
	c.send("POST", "/query/validate", `{"q":"type=a and b=1","record":"event"}`).wants(http.StatusOK, `"valid":true`, `AND`)
	c.send("POST", "/query/validate", `{"q":"profile@stats.visits > 3"}`).wants(http.StatusOK, `"valid":true`)
	c.send("POST", "/query/validate", `{"q":"visits > 3"}`).wants(http.StatusOK, `"valid":false`, `"position":{"offset":0`)
	c.send("POST", "/query/validate", `{"q":"type = ","record":"event"}`).wants(http.StatusOK, `"valid":false`, `"message":`, `"expected":[`)
	c.send("POST", "/query/validate", `{"q":"a=1","record":"flow"}`).wants(http.StatusUnprocessableEntity, `"location":"body.record"`)
}

func TestEventTypes(t *testing.T) {
	h := open(t)
	h.as(auth.Viewer).send("GET", "/event-types", "").wants(http.StatusOK, `"id":"page-view"`, `"domain":`)
}
