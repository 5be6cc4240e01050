package api_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

func TestExport(t *testing.T) {
	h := shop(t)
	c := h.as(auth.Marketer)
	a := c.send("GET", query("/events/export", "fields", "id,type,properties.n,properties"), "").wants(http.StatusOK)
	if got := a.header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("the type is %s", got)
	}
	if got := a.header.Get("Content-Disposition"); got != `attachment; filename="events.csv"` {
		t.Errorf("the name is %s", got)
	}
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	h.must(err)
	want := [][]string{
		{"id", "type", "properties.n", "properties"},
		{"event-0", "page-view", "1", `{"url":"/a","n":1}`},
		{"event-1", "page-view", "2", `{"url":"/b","n":2}`},
		{"event-2", "purchase", "", `{"price":10.50,"big":12345678901234567890}`},
		{"event-3", "page-view", "3", `{"url":"*?\"","n":3}`},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}

	var list []struct{ ID string }
	c.send("GET", query("/events/export", "format", "json", "q", "type = purchase"), "").wants(http.StatusOK).read(&list)
	if len(list) != 1 || list[0].ID != "event-2" {
		t.Errorf("got %v", list)
	}
	c.send("GET", query("/events/export", "format", "json", "q", "type = none"), "").wants(http.StatusOK).read(&list)
	if len(list) != 0 {
		t.Errorf("got %v", list)
	}
	a = c.send("GET", query("/events/export", "format", "jsonl", "limit", "2"), "").wants(http.StatusOK)
	if lines := strings.Split(strings.TrimSuffix(a.body, "\n"), "\n"); len(lines) != 2 || !json.Valid([]byte(lines[1])) {
		t.Errorf("got %q", a.body)
	}
	if a := c.send("GET", query("/events/export", "format", "jsonl", "q", "type = none"), "").wants(http.StatusOK); a.body != "" {
		t.Errorf("got %q", a.body)
	}
	c.send("GET", "/profiles/export", "").wants(http.StatusOK, "id,metadata.time.insert")
	c.send("GET", "/sessions/export", "").wants(http.StatusOK, "s1,")
}

func TestExportRunsNoFormulas(t *testing.T) {
	h := open(t)
	values := []string{`=1+1`, `+1`, `-1`, `@x`, "\t=1", "\r=1", `＝1`, `plain`, `a=1`, ``, `a;b`, "a; -5", `x;=1+1;`, "x\n=1+1\n", "x\t@y", `x;;－1`}
	split := map[string]string{"\t=1": "'\t'=1", "\r=1": "'\r'=1", `x;=1+1;`: `x;'=1+1;`, "x\n=1+1\n": "x\n'=1+1\n", "x\t@y": "x\t'@y", `x;;－1`: `x;;'－1`}
	for i, value := range values {
		text, err := json.Marshal(value)
		h.must(err)
		h.write(tenant, storage.Events, time.Now(), fmt.Sprintf(`{"id":"%02d","p":%s,"n":-5,"o":{"p":%[2]s}}`, i, text))
	}
	a := h.as(auth.Admin).send("GET", query("/events/export", "fields", "id,p,n,o"), "").wants(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	h.must(err)
	for i, value := range values {
		want := value
		if i < 7 {
			want = "'" + value
		}
		if neutral, ok := split[value]; ok {
			want = neutral
		}
		if strings.Contains(rows[i+1][3], ";=") {
			t.Errorf("within an object: %s", rows[i+1][3])
		}
		if rows[i+1][1] != want || rows[i+1][2] != "-5" {
			t.Errorf("%q became %q, and -5 %q", value, rows[i+1][1], rows[i+1][2])
		}
	}
}

// goner takes a part of an answer and goes away.
type goner struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (g *goner) Write(piece []byte) (int, error) {
	g.leave()
	return g.ResponseRecorder.Write(piece)
}

func TestExportEndsWhenTheAskerGoes(t *testing.T) {
	h := open(t)
	for i := range 20 {
		var bodies []string
		for n := range 500 {
			bodies = append(bodies, fmt.Sprintf(`{"id":"%d-%d","type":"a"}`, i, n))
		}
		h.write(tenant, storage.Events, time.Now(), bodies...)
	}
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", api.Prefix+"/events/export?format=jsonl", nil)
	r.Header.Set("Authorization", "Bearer "+h.token(auth.Admin))
	w := &goner{httptest.NewRecorder(), leave}
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("an answer that breaks off must look broken to the asker")
			}
		}()
		h.handler.ServeHTTP(w, r)
	}()
	if sent := strings.Count(w.Body.String(), "\n"); sent == 0 || sent > 9000 {
		t.Errorf("%d of 10000 documents were sent after the asker had gone", sent)
	}
}

// Who downloads much can download no more at the same time, but ask all the same; others do not notice.
func TestExportsOfOneUserWaitForEachOther(t *testing.T) {
	h := shop(t)
	ann := h.as(auth.Marketer)
	begun, end := make(chan struct{}), make(chan struct{})
	var downloads sync.WaitGroup
	for range 3 {
		downloads.Go(func() {
			h.handler.ServeHTTP(&sluggish{httptest.NewRecorder(), begun, end}, ann.request(t.Context(), "GET", "/events/export", ""))
		})
		<-begun
	}
	ann.send("GET", "/events/count", "").wants(http.StatusOK)
	h.as(auth.Admin).send("GET", "/events/export", "").wants(http.StatusOK)
	ctx, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, ann.request(ctx, "GET", "/events/export", ""))
	if w.Code == http.StatusOK || ctx.Err() == nil {
		t.Errorf("got %d %s, want it to wait", w.Code, w.Body)
	}
	close(end)
	downloads.Wait()
	ann.send("GET", "/events/export", "").wants(http.StatusOK)
}

// sluggish takes an answer in only when it may end.
type sluggish struct {
	*httptest.ResponseRecorder
	begun, end chan struct{}
}

func (s *sluggish) Write(text []byte) (int, error) {
	select {
	case s.begun <- struct{}{}:
		<-s.end
	case <-s.end:
	}
	return len(text), nil
}
