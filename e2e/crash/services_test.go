package crash

import (
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	env     []string // of the scripts
	started bool
	names   int // given by settings
}

// portsOf lists the ports of each server by the names that the scripts give them.
var portsOf = map[string][]string{
	"mariadb": {"PORT"}, "redis": {"PORT"}, "pulsar": {"PORT", "ADMIN_PORT", "BOOKIE_PORT"}, "elasticsearch": {"PORT", "TRANSPORT_PORT"}, "opensearch": {"PORT", "TRANSPORT_PORT"},
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
	if !set.started {
		set.started = true
		// A broker that soon sees that a consumer is frozen keeps a test short.
		set.env = append(os.Environ(), "TRACARDI_SERVICES_DIR="+filepath.Join(filepath.Dir(binary), "services"), "TRACARDI_SERVICES_PULSAR_KEEP_ALIVE=10")
		for name, ports := range portsOf {
			for _, port := range ports {
				set.env = append(set.env, fmt.Sprintf("TRACARDI_SERVICES_%s_%s=%d", strings.ToUpper(name), port, freePort(t)))
			}
		}
	}
	s := &services{t: t, urls: map[string]string{}}
	for _, match := range regexp.MustCompile(`export (\w+)=(\S+)`).FindAllStringSubmatch(s.run("up", names...), -1) {
		s.urls[match[1]] = match[2]
	}
	return s
}

// stopServices is for the end of all tests.
func stopServices() {
	if set.started {
		command := exec.Command(filepath.Join(scripts, "down"), slices.Concat([]string{"--wipe"}, slices.Collect(maps.Keys(portsOf)))...)
		command.Env = set.env
		if out, err := command.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "stop the servers: %v\n%s", err, out)
		}
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

// run runs one of the scripts and returns what it prints.
func (s *services) run(script string, args ...string) string {
	s.t.Helper()
	command := exec.Command(filepath.Join(scripts, script), args...)
	command.Env = set.env
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		s.t.Fatalf("%s %v: %v\n%s", script, args, err, errs.String())
	}
	return string(out)
}

// freePort finds a port that is free now. It takes one below those that the system hands out by itself, which another program may
// get before the server does.
func freePort(t testing.TB) int {
	t.Helper()
	for port := 20000 + os.Getpid()%8000; port < 32000; port++ {
		if taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		listener.Close()
		taken[port] = true
		return port
	}
	t.Fatal("no port is free")
	return 0
}

var taken = map[int]bool{}

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
