package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// scripts start and stop servers.
var scripts = filepath.Join("..", "..", "test", "services")

// services are servers that only the tests of this package use, which may freeze and kill them. One set serves all of them, one
// after the other: to start it takes longer than most tests. What a test keeps there has a name of its own.
type services struct {
	t    testing.TB
	urls map[string]string
	name string // of what the last settings share
}

// set is where the servers are.
var set struct {
	*place.Set
	names int // given by settings
}

// startServices starts servers on free ports and in a folder of their own, unless they run. They need the ones of all tests to be
// there, which shows that the machine can run them.
func startServices(t testing.TB, names ...string) *services {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers of its own, which takes a while")
	}
	for _, variable := range []string{"TRACARDI_TEST_MYSQL_URL", "TRACARDI_TEST_REDIS_URL", "TRACARDI_TEST_PULSAR_URL"} {
		storagetest.Server(t, variable)
	}
	if set.Set == nil {
		// A broker that soon sees that a consumer is frozen keeps a test short.
		set.Set = place.NewSet(scripts, filepath.Join(filepath.Dir(binary), "services"), "TRACARDI_SERVICES_PULSAR_KEEP_ALIVE=10")
	}
	urls, err := set.Start(names...)
	if err != nil {
		t.Fatal(err)
	}
	return &services{t: t, urls: urls}
}

// stopServices is for the end of all tests.
func stopServices() {
	if set.Set == nil {
		return
	}
	if err := set.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// away has a server be away for a while, from one script to another.
func (s *services) away(name, begin, end string, d time.Duration) {
	s.t.Helper()
	s.run(begin, name)
	back := sync.OnceFunc(func() { s.run(end, name) })
	s.t.Cleanup(back) // also of a test that fails meanwhile
	wait(s.t, d)
	back()
}

// run runs one of the scripts.
func (s *services) run(script string, args ...string) {
	s.t.Helper()
	if _, err := set.Run(script, args...); err != nil {
		s.t.Fatal(err)
	}
}

// settings are the flags that put programs on these servers, where they share what nobody else has.
func (s *services) settings(name string) []string {
	s.t.Helper()
	set.names++
	s.name = name + strconv.Itoa(set.names)
	args, err := place.Servers{
		MySQL: s.urls["TRACARDI_TEST_MYSQL_URL"], Redis: s.urls["TRACARDI_TEST_REDIS_URL"],
		Pulsar: s.urls["TRACARDI_TEST_PULSAR_URL"], PulsarAdmin: s.urls["TRACARDI_TEST_PULSAR_ADMIN_URL"],
		Elasticsearch: s.urls["TRACARDI_TEST_ELASTICSEARCH_URL"],
	}.Settings(s.name)
	if err != nil {
		s.t.Fatal(err)
	}
	return args
}
