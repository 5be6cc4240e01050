package api_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

func TestQueue(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	c.send("GET", "/queue", "").wants(http.StatusOK, `{"items":[{"topic":"collected","ready":0,"delayed":0,"dead":0}]}`)
	h.must(h.store.Queue().Publish(t.Context(), tenant,
		storage.Message{Topic: topic, ID: "1", Body: []byte(`{"n":1}`)}, storage.Message{Topic: topic, ID: "2", Body: []byte("no \xff JSON")}))
	h.must(h.store.Queue().Publish(t.Context(), "other", storage.Message{Topic: topic, ID: "3", Body: []byte(`{}`)}))
	c.send("GET", "/queue", "").wants(http.StatusOK, `"ready":2`, `"oldest":"`)

	// A worker that can do none of it puts all aside.
	ctx, stop := context.WithCancel(t.Context())
	var worker, handled sync.WaitGroup
	handled.Add(3)
	worker.Go(func() {
		h.must(h.store.Queue().Consume(ctx, topic, storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict {
			defer handled.Done()
			return storage.Dead("cannot be read")
		}))
	})
	handled.Wait()
	stop()
	worker.Wait()

	c.send("GET", "/queue", "").wants(http.StatusOK, `"ready":0`, `"dead":2`)
	var list struct {
		Items []struct {
			ID, Reason string
			Attempt    int
			Body       any
		}
	}
	c.send("GET", "/queue/collected/dead", "").wants(http.StatusOK, `"body":{"n":1}`, `"body":"no � JSON"`).read(&list)
	if len(list.Items) != 2 || list.Items[0].ID != "1" || list.Items[0].Reason != "cannot be read" || list.Items[0].Attempt != 1 {
		t.Errorf("got %+v", list.Items)
	}
	c.send("GET", "/queue/collected/dead?limit=1", "").wants(http.StatusOK).read(&list)
	if len(list.Items) != 1 {
		t.Errorf("got %d letters, want 1", len(list.Items))
	}
	c.send("POST", "/queue/collected/replay", `{"ids":["2","none"]}`).wants(http.StatusOK, `{"replayed":1}`)
	c.send("POST", "/queue/collected/replay", "").wants(http.StatusOK, `{"replayed":1}`)
	c.send("GET", "/queue", "").wants(http.StatusOK, `"ready":2`, `"dead":0`)
	c.send("GET", "/queue/none/dead", "").wants(http.StatusOK, `{"items":[]}`)
}
