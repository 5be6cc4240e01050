package collect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// FuzzRequest proves that no body, in any type and compression, and no query breaks an endpoint: the answer is a 200 or one of the
// refusals, and what goes on to the pipeline is text that can be written as JSON. The second text is both query and content type.
func FuzzRequest(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	f.Add("POST", "/track", "", "", []byte(payload("shop", "s", "")))
	f.Add("POST", "/track/", "text/plain", "gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"))
	f.Add("POST", "/track", "", "zstd", []byte("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00\x00\x00\x00"))
	f.Add("POST", "/collect/a/hook", "application/json", "", []byte(`{"a":[1,{"b":null}]}`))
	f.Add("POST", "/collect/a/sticky/s", form, "", []byte("customer.id=1&a=%ff&a=b"))
	f.Add("POST", "/collect/a/sticky", "", "", []byte(`{"customer":{"id":1e300}}`))
	f.Add("POST", "/collect/a/hook", "multipart/form-data; boundary=x", "", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n"))
	f.Add("POST", "/track", "", "", []byte(payload("shop", "s", `,"options":{"async":true}`)))
	f.Add("GET", "/collect/a/sticky/s", "customer.id=1&a=100%&b=1;2", "", []byte(nil))
	f.Add("GET", "/pixel/opened/hook/s", "a=%ff&&=&b", "", []byte(nil))
	f.Add("PUT", "/redirect/spring/s", "c=%zz", "", []byte(`{"order":[1]}`))
	f.Add("OPTIONS", "/track", "", "", []byte(nil))
	f.Add("POST", "/redirect/spring", form, "", []byte("order=1"))
	edge := http.NewServeMux()
	stubbed(f, sink{}).Routes(edge)
	f.Fuzz(func(t *testing.T, method, path, contentType, encoding string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, contentType // any text
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Content-Encoding", encoding)
		r.Header.Set("User-Agent", contentType)
		r.Header.Set("Cookie", "tracardi-session-id="+contentType)
		w := httptest.NewRecorder()
		edge.ServeHTTP(w, r)
		switch w.Code {
		case 200, 302, 401, 403, 413, 422:
		case 204: // of a preflight
			return
		case 301, 307, 404, 405: // of the mux
			return
		default:
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		if w.Header().Get("Content-Type") == "image/gif" {
			return
		}
		if w.Code != 302 && !json.Valid(w.Body.Bytes()) || !utf8.Valid(w.Body.Bytes()) {
			t.Fatalf("answer %q", w.Body)
		}
	})
}

// FuzzMessage proves that no message of a broker breaks a bridge or holds it up: it becomes messages of the queue that are text, the same
// ones when it is delivered again, or one that is put aside.
func FuzzMessage(f *testing.F) {
	f.Add("", []byte(payload("others", "s", "")))
	f.Add("7", []byte(`{"id":"1","type":"order-paid","time":"2026-01-02T03:04:05Z","properties":{"customer":{"id":1e300}}}`))
	f.Add("7", []byte(`[{"total":1},{"customer":{"id":"ann"}}]`))
	f.Add("\xff", []byte(`{"type":"a","properties":null,"events":7}`))
	f.Add("", []byte("[]"))
	f.Add("", []byte("\xff\xfe{"))
	const id = "orders"
	queue := &kept{}
	collector := stubbed(f, queue, tracardi.Source{
		ID: id, Types: []string{"kafka"}, Enabled: true, EventType: "order-paid", ProfileFrom: "properties.customer.id",
	})
	f.Fuzz(func(t *testing.T, key string, body []byte) {
		var first []storage.Message
		for range 2 {
			queue.messages = nil
			unread, err := collector.Deliver(t.Context(), tracardi.DefaultTenant, id, "kafka", []bridge.Message{{ID: "orders/0/7", Key: key, Body: body}})
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range queue.messages {
				if aside := m.Topic == collect.UnreadTopic; aside != (unread > 0) || aside && len(queue.messages) != 1 {
					t.Fatalf("%d are unread, and the queue has %d messages, one of the topic %s", unread, len(queue.messages), m.Topic)
				}
				if !utf8.ValidString(m.ID+m.Key) || !utf8.Valid(m.Body) || !json.Valid(m.Body) {
					t.Fatalf("no text: %q %q %q", m.ID, m.Key, m.Body)
				}
				if first != nil && (len(first) != len(queue.messages) || m.ID != first[i].ID || m.Key != first[i].Key) {
					t.Fatalf("delivered again it is %q %q, and was %q %q", m.ID, m.Key, first[i].ID, first[i].Key)
				}
			}
			first = queue.messages
		}
	})
}

// kept is a queue that shows what was sent.
type kept struct {
	storage.Queue
	messages []storage.Message
}

func (q *kept) Publish(_ context.Context, _ string, messages ...storage.Message) error {
	q.messages = messages
	return nil
}

// stubbed is a collector whose pipeline takes everything that is proper text. It has some sources more.
func stubbed(f *testing.F, queue storage.Queue, more ...tracardi.Source) *collect.Collector {
	config, err := sqlite.Open(f.Context(), filepath.Join(f.TempDir(), "config.db"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := config.Close(); err != nil {
			f.Error(err)
		}
	})
	for _, source := range slices.Concat(sources, more) {
		entry := workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.ID, Value: source}
		if _, err := workspace.Sources(config).Put(f.Context(), tracardi.DefaultTenant, entry); err != nil {
			f.Fatal(err)
		}
	}
	for _, redirect := range redirects {
		entry := workspace.Entry[tracardi.Redirect]{ID: redirect.ID, Name: redirect.Name, Value: redirect}
		if _, err := workspace.Redirects(config).Put(f.Context(), tracardi.DefaultTenant, entry); err != nil {
			f.Fatal(err)
		}
	}
	ws, err := workspace.Open(f.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	return collect.New(collect.Options{
		Workspace: ws, Queue: queue, Log: slog.New(slog.DiscardHandler), Limits: collect.Limits{Body: 64 << 10, Plain: 128 << 10, Events: 10, Depth: 12, Keys: 200, Text: 8 << 10},
		Process: func(_ context.Context, p *tracardi.Payload, _ *tracardi.Source, _ *storage.Lease) (*tracardi.Answer, error) {
			for _, text := range append([]string{p.Session, p.Profile, p.Request.UserAgent}, texts(p)...) {
				if !utf8.ValidString(text) {
					return nil, tracardi.Errorf(tracardi.Internal, "%q is no text", text)
				}
			}
			return &tracardi.Answer{Task: p.ID, Session: p.Session, Profile: p.Profile}, nil
		},
	})
}

// sink is a queue that takes everything.
type sink struct{ storage.Queue }

func (sink) Publish(context.Context, string, ...storage.Message) error { return nil }

func texts(p *tracardi.Payload) (list []string) {
	for i := range p.Events {
		e := &p.Events[i]
		list = append(list, e.ID, e.Type, string(e.Properties.AppendJSON(nil)), string(e.Context.AppendJSON(nil)))
	}
	return list
}
