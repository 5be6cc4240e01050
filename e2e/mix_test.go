package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/tracardi/tracardi-go/e2e/place"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// TestMixes runs the program with each part embedded or on a server, in the mixes that people are likely to have: it takes events at
// once and for later, stops, starts, and has all of them, once.
func TestMixes(t *testing.T) {
	embedded(t)
	for _, mix := range []string{
		"redis",
		"mysql",
		"pulsar",
		"mysql redis pulsar",
		"elasticsearch",
		"opensearch redis",
		"opensearch mysql",
		"elasticsearch pulsar",
		"opensearch mysql redis pulsar",
	} {
		t.Run(mix, func(t *testing.T) {
			args, data := onMix(t, "mix", mix), t.TempDir()
			p := start(t, data, args...)
			p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["rest"]}`, nil)
			buy(t, p, 0)
			if code := p.signal(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}
			p = start(t, data, args...)
			buy(t, p, 1)
			await(t, "all events and their sums to be there", func() bool {
				return p.count("events", `type = "checkout-started"`) >= 40 && p.count("profiles", "data.metrics.ltcosc >= 8") >= 5
			})
			for query, want := range map[string]int{
				"events type = \"checkout-started\"": 40, "events type = \"session-opened\"": 5, "events session.id = \"s3\" AND type = \"checkout-started\"": 8,
				"sessions ": 5, "profiles ": 5, "profiles data.metrics.ltcosc = 8 AND data.metrics.ltcosv = 8": 5,
			} {
				collection, condition, _ := strings.Cut(query, " ")
				if got := p.count(collection, condition); got != want {
					t.Errorf("%s: %d, want %d", query, got, want)
				}
			}
			if code := p.signal(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// pick returns some of the servers of the tests.
func pick(t *testing.T, parts string) (s place.Servers) {
	t.Helper()
	for part := range strings.FieldsSeq(parts) {
		switch part {
		case "mysql":
			s.MySQL = storagetest.Server(t, "TRACARDI_TEST_MYSQL_URL")
		case "redis":
			s.Redis = storagetest.Server(t, "TRACARDI_TEST_REDIS_URL")
		case "pulsar":
			s.Pulsar, s.PulsarAdmin = storagetest.Server(t, "TRACARDI_TEST_PULSAR_URL"), storagetest.Server(t, "TRACARDI_TEST_PULSAR_ADMIN_URL")
		case "elasticsearch":
			s.Elasticsearch = storagetest.Server(t, "TRACARDI_TEST_ELASTICSEARCH_URL")
		case "opensearch":
			s.OpenSearch = storagetest.Server(t, "TRACARDI_TEST_OPENSEARCH_URL")
		}
	}
	return s
}

// places counts the places on servers: none is used twice, since brokers go on forgetting one for a while.
var places atomic.Int64

// onMix are the flags of programs on a mix of servers, on which they have a place of their own for the time of the test.
func onMix(t *testing.T, test, mix string) []string {
	t.Helper()
	servers, name := pick(t, mix), fmt.Sprintf("%s%x%d", test, os.Getpid(), places.Add(1))
	t.Cleanup(func() {
		if err := servers.Remove(name); err != nil {
			t.Error(err)
		}
	})
	args, err := servers.Settings(name)
	if err != nil {
		t.Fatal(err)
	}
	return args
}

// buy sends four events of each of five sessions, every other one for later, and each of them twice.
func buy(t *testing.T, p *program, round int) {
	t.Helper()
	for n := range 20 {
		body := fmt.Sprintf(`{"source":{"id":"site"},"session":{"id":"s%d"},"options":{"async":%v},
			"events":[{"id":"e%d-%d","type":"checkout-started","properties":{"value":1}}]}`, n%5, n%2 == 1, round, n)
		for range 2 {
			await(t, "the events to be taken", func() bool {
				status, text := p.ask("POST", "/track", body)
				if status != http.StatusOK && status != http.StatusServiceUnavailable { // which says to send them again in a moment
					t.Fatalf("POST /track: %d %s", status, text)
				}
				return status == http.StatusOK
			})
		}
	}
}

// count is how many documents meet a condition.
func (p *program) count(collection, query string) int {
	p.t.Helper()
	var answer struct{ Count int }
	p.must("GET", "/api/v1/"+collection+"/count?q="+url.QueryEscape(query), "", &answer)
	return answer.Count
}
