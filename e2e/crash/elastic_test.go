package crash

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// searchServer is an Elasticsearch or OpenSearch on which a test has a prefix of its own.
type searchServer struct {
	t  *testing.T
	at place.Indices
}

func newSearchServer(t *testing.T, web string) *searchServer {
	e := &searchServer{t, place.Indices{Web: web, Prefix: fmt.Sprintf("crash%x", time.Now().UnixNano())}}
	t.Cleanup(func() {
		if err := e.at.Remove(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// flag names the server in the settings.
func (e *searchServer) flag() string {
	return "--records-url=elasticsearch://" + strings.TrimPrefix(e.at.Web, "http://") + "/?prefix=" + e.at.Prefix
}

func (e *searchServer) settle(s *server) {
	e.t.Helper()
	settle(e.t, s, e.at)
}

// settle waits until nothing is half done any more and searches see everything.
func settle(t *testing.T, s *server, records place.Indices) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		left := s.waiting()
		unfinished := 0
		if left == 0 {
			var err error
			if unfinished, err = records.Refresh(); err != nil {
				t.Fatal(err)
			}
			if unfinished == 0 {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d messages and %d change sets are left\n%s", left, unfinished, s.out)
		}
		wait(t, time.Second)
	}
}

// TestCrashWithSearchServers kills the program under load, with records on a server and queue and configuration in the folder.
func TestCrashWithSearchServers(t *testing.T) {
	for _, variable := range []string{"TRACARDI_TEST_ELASTICSEARCH_URL", "TRACARDI_TEST_OPENSEARCH_URL"} {
		t.Run(variable, func(t *testing.T) {
			e := newSearchServer(t, storagetest.Server(t, variable))
			data, c := t.TempDir(), newCrowd(1)
			c.pause = 20 * time.Millisecond
			s := start(t, data, e.flag())
			s.makeSource()
			for range min(*kills, 5) {
				underLoad(t, s, c, 300*time.Millisecond+time.Duration(rand.Int64N(int64(time.Second))), syscall.SIGKILL, -1)
				s = start(t, data, e.flag())
			}
			e.settle(s)
			verify(t, s, c)
			s.end(syscall.SIGTERM)
			if t.Failed() {
				t.Logf("the last words of the server:\n%s", s.out)
			}
		})
	}
}
