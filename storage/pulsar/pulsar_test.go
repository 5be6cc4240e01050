package pulsar_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pulsar"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) {
	// A course of calls takes a hundred times as long as in the embedded queue.
	if err := flag.Set("rapid.checks", "4"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m,
		// The client's goroutine that looks for late messages ends at its next look.
		goleak.IgnoreAnyFunction("github.com/apache/pulsar-client-go/pulsar.(*partitionProducer).failTimeoutMessages"),
		// The client's consumer, closed while it connects again, leaves the one that would have said "connected".
		goleak.IgnoreAnyFunction("github.com/apache/pulsar-client-go/pulsar.(*partitionConsumer).grabConn.func1"),
	)
}

// address returns the URL of the test server, with a prefix of its own whose topics are removed after the test.
func address(t *testing.T) string {
	t.Helper()
	broker, admin := storagetest.Server(t, "TRACARDI_TEST_PULSAR_URL"), storagetest.Server(t, "TRACARDI_TEST_PULSAR_ADMIN_URL")
	prefix := "test" + rand.Text()
	t.Cleanup(func() { removeTopics(t, admin, prefix) })
	return broker + "/public/default?" + url.Values{"admin": {admin}, "prefix": {prefix}}.Encode()
}

func removeTopics(t *testing.T, admin, prefix string) {
	client := &http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	ask := func(method, path string, into any) {
		request, err := http.NewRequestWithContext(context.Background(), method, admin+"/admin/v2/persistent/public/default"+path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		if into != nil {
			if err := json.NewDecoder(response.Body).Decode(into); err != nil {
				t.Error(err)
			}
		}
	}
	var topics []string
	ask(http.MethodGet, "", &topics)
	for _, topic := range topics {
		if name := topic[strings.LastIndexByte(topic, '/')+1:]; strings.HasPrefix(name, prefix) {
			ask(http.MethodDelete, "/"+url.PathEscape(name)+"?force=true", nil)
		}
	}
}

func TestQueue(t *testing.T) {
	addresses := map[storage.Queue]string{}
	open := func(t *testing.T, address string) storage.Queue {
		q, err := pulsar.Open(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		addresses[q] = address
		return q
	}
	fresh := func(t *testing.T) storage.Queue { return open(t, address(t)) }
	peer := func(t *testing.T, q storage.Queue) storage.Queue { return open(t, addresses[q]) }
	storagetest.Queue(t, fresh, storagetest.Options[storage.Queue]{
		Reopen: peer, Peer: peer, Pace: 300 * time.Millisecond, // what it takes to open a topic and to subscribe
	})
}

func TestURLsAreExplained(t *testing.T) {
	for address, want := range map[string]string{
		"kafka://host":                                "pulsar://",
		"pulsar:///public/default":                    "no server",
		"pulsar://ann:open-sesame@host":               "token-file",
		"pulsar://host/public":                        "TENANT/NAMESPACE",
		"pulsar://host?retention=5":                   `"retention"`,
		"pulsar://host/public/default?prefix=a-b":     "prefix",
		"pulsar://host?admin=host:8080":               "http://HOST:8080",
		"pulsar://host?token-file=/no/such":           "/no/such",
		"pulsar+ssl://host?ca=/no/such":               "/no/such",
		"pulsar+ssl://a,b:1/t/n?ca=pulsar_test.go":    "PEM",
		"pulsar+ssl://a,b:1/t/n?admin=https://u:p@ab": "admin",
	} {
		err := pulsar.CheckURL(address)
		if tracardi.KindOf(err) != tracardi.Invalid || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "open-sesame") {
			t.Errorf("%s: got %v, want an error with %q", address, err, want)
		}
	}
	for _, address := range []string{"pulsar://host", "pulsar://a:1,b/tenant/space?prefix=x.y", "pulsar+ssl://host?admin=https://host:8443"} {
		if err := pulsar.CheckURL(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	_, err := pulsar.Open(t.Context(), "pulsar://127.0.0.1:1?admin=http://127.0.0.1:1", nil)
	if tracardi.KindOf(err) != tracardi.Unavailable || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
}

// TestDepthOfMuch counts a topic in which more waits than Depth reads.
func TestDepthOfMuch(t *testing.T) {
	q, err := pulsar.Open(t.Context(), address(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close() //nolint:errcheck // always nil
	const delayed, ready = 900, 700
	var messages []storage.Message
	for i := range delayed + ready {
		m := storage.Message{Topic: "much", Body: []byte("{}")}
		if i < delayed {
			m.Due = time.Now().Add(time.Hour)
		}
		messages = append(messages, m)
	}
	if err := q.Publish(t.Context(), "acme", messages...); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	release := make(chan struct{})
	go func() {
		done <- q.Consume(ctx, "much", storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict {
			<-release
			return storage.Done()
		})
	}()
	want := storage.Depth{Delayed: delayed, Ready: ready}
	for deadline := time.Now().Add(30 * time.Second); ; {
		d, err := q.Depth(t.Context(), "acme", "much")
		if err != nil {
			t.Fatal(err)
		}
		oldest := d.Oldest
		d.Oldest = time.Time{}
		if d == want && !oldest.IsZero() { // the broker counts what is delayed as it comes by
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v, oldest %v, want %+v", d, oldest, want)
		}
	}
	close(release)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
