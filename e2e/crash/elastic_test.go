package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// searchServer is an Elasticsearch or OpenSearch on which a test has a prefix of its own.
type searchServer struct {
	t      *testing.T
	web    string
	prefix string
}

func newSearchServer(t *testing.T, web string) *searchServer {
	e := &searchServer{t, web, fmt.Sprintf("crash%x", time.Now().UnixNano())}
	t.Cleanup(func() {
		var names map[string]struct{}
		e.must("GET", "/"+e.prefix+"-*/_alias", &names)
		for name := range names {
			e.must("DELETE", "/"+name, nil)
		}
		e.must("DELETE", "/_index_template/"+e.prefix+"-*", nil)
	})
	return e
}

// flag names the server in the settings.
func (e *searchServer) flag() string {
	return "--records-url=elasticsearch://" + strings.TrimPrefix(e.web, "http://") + "/?prefix=" + e.prefix
}

func (e *searchServer) must(method, path string, into any) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, e.web+path, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	client := http.Client{}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil || response.StatusCode >= 300 {
		e.t.Fatalf("%s %s: %d %v %s", method, path, response.StatusCode, err, text)
	}
}

// settle waits until nothing is half done any more and searches see everything.
func (e *searchServer) settle(s *server) {
	e.t.Helper()
	deadline := time.Now().Add(5 * time.Minute) // much waits after a time without the server
	for {
		if left := s.waiting(); left > 0 {
			if time.Now().After(deadline) {
				e.t.Fatalf("%d messages are left\n%s", left, s.out)
			}
			wait(e.t, time.Second)
			continue
		}
		e.must("POST", "/"+e.prefix+"-*/_refresh", nil)
		var open struct{ Count int }
		e.must("GET", "/"+e.prefix+"-journal/_count", &open)
		if open.Count == 0 {
			return
		}
		if time.Now().After(deadline) {
			e.t.Fatalf("%d journal entries are left", open.Count)
		}
		wait(e.t, time.Second)
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
