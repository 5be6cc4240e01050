// Package crash kills, fills, damages and stops the program under load, and then compares everything that it stored with
// everything that it promised.
package crash

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var kills = flag.Int("kills", 20, "how often TestCrash kills the server")

// binary is the program under test, and mortal the one that dies at the points of package fault.
var binary, mortal string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "tracardi-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if err = compile(dir, "./cmd/tracardi", "./e2e/crash/mortal"); err == nil {
		binary, mortal = filepath.Join(dir, "tracardi"), filepath.Join(dir, "mortal")
		code = m.Run()
		stopServices()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(dir) // left-overs in the temporary folder do no harm
	os.Exit(code)
}

// compile builds commands into a folder. What debuggers need takes as long to link as the rest.
func compile(dir string, commands ...string) error {
	build := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}, commands...)...)
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

const token = "crash-crash-crash-crash"

// server is one run of the program.
type server struct {
	t       testing.TB
	command *exec.Cmd
	url     string
	client  *http.Client
	out     *output
	ended   chan struct{}
}

// output collects what a process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// launch runs the server on a folder with little memory, so that files are written often, and waits for nothing.
func launch(t testing.TB, data string, args ...string) *server {
	t.Helper()
	return launchWith(t, append([]string{"--data", data, "--roles=api,worker"}, args...)...)
}

func launchWith(t testing.TB, args ...string) *server {
	t.Helper()
	return launchProgram(t, binary, nil, args...)
}

// launchProgram runs a build of the program with some more of an environment.
func launchProgram(t testing.TB, program string, environment []string, args ...string) *server {
	t.Helper()
	s := &server{
		t: t, out: &output{}, ended: make(chan struct{}),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute},
	}
	s.command = exec.Command(program, append([]string{"serve", "--addr=127.0.0.1:0", "--memory=64"}, args...)...)
	s.command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TRACARDI_ADMIN_TOKEN=" + token}, environment...)
	s.command.Stdout, s.command.Stderr = s.out, s.out
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		_ = s.command.Wait() // the exit code says it
	}()
	t.Cleanup(func() {
		_ = s.command.Process.Kill() // mostly it has ended
		<-s.ended
		s.client.CloseIdleConnections()
	})
	return s
}

var readyLine = regexp.MustCompile(`is ready: (http://\S+)`)

// start runs the server and waits until it takes requests.
func start(t testing.TB, data string, args ...string) *server {
	t.Helper()
	return launch(t, data, args...).listening()
}

// listening waits until the server takes requests.
func (s *server) listening() *server {
	t := s.t
	t.Helper()
	await(t, "the server to listen", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("the server ended with code %d:\n%s", s.command.ProcessState.ExitCode(), s.out)
		default:
		}
		match := readyLine.FindStringSubmatch(s.out.String())
		if match == nil {
			return false
		}
		s.url = match[1]
		response, err := s.client.Get(s.url + "/healthz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return true
	})
	return s
}

// signal sends a signal to a server that runs.
func (s *server) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// end sends a signal, waits for the end and returns the exit code, -1 for the end by the signal itself.
func (s *server) end(signal syscall.Signal) int {
	s.t.Helper()
	_ = s.command.Process.Signal(signal) // it may have ended by itself, which the code tells
	return s.wait()
}

func (s *server) wait() int {
	s.t.Helper()
	defer s.client.CloseIdleConnections()
	select {
	case <-s.ended:
		return s.command.ProcessState.ExitCode()
	case <-time.After(time.Minute):
		_ = s.command.Process.Kill() // the test has failed already
		s.t.Fatalf("the server does not end:\n%s", s.out)
		return 0
	}
}

// ask sends a request as the administrator.
func (s *server) ask(method, path, body string) (int, http.Header, []byte, error) {
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, text, err
}

// must sends a request that has to succeed and decodes its answer.
func (s *server) must(method, path, body string, into any) {
	s.t.Helper()
	status, _, text, err := s.ask(method, path, body)
	if err != nil || status >= 300 {
		s.t.Fatalf("%s %s: %d %v %s\n%s", method, path, status, err, text, s.out)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		s.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// makeSource makes the source that the visitors send from.
func (s *server) makeSource() {
	s.t.Helper()
	s.must("POST", "/api/v1/sources", `{"id": "crash", "name": "Crash", "types": ["rest"]}`, nil)
}

// makeFlow makes a flow that waits a moment and then counts in the profile.
func (s *server) makeFlow(c *crowd) {
	s.t.Helper()
	c.flow = true
	s.must("POST", "/api/v1/flows", `{"id": "crash", "name": "Crash", "draft": {
		"nodes": [{"id": "s", "type": "control.start"}, {"id": "w", "type": "control.wait", "config": {"wait": 1}},
			{"id": "i", "type": "data.increment", "config": {"field": "profile@traits.woken"}}],
		"edges": [{"id": "1", "from": "s", "port": "payload", "to": "w"}, {"id": "2", "from": "w", "port": "payload", "to": "i"}]}}`, nil)
	condition, err := json.Marshal(`event@properties.flow = "` + inFlow + `"`)
	if err != nil {
		s.t.Fatal(err)
	}
	s.must("POST", "/api/v1/triggers", `{"name": "Crash", "flow": "crash", "event_type": "checkout-started", "condition": `+string(condition)+`}`, nil)
	s.must("POST", "/api/v1/flows/crash/publish", "{}", nil)
}

// drain waits until everything that was accepted for later is done.
func (s *server) drain() {
	s.t.Helper()
	awaitFor(s.t, 3*time.Minute, "the queue to be empty", func() bool { return s.waiting() == 0 })
}

// waiting is how much was accepted for later and is not done.
func (s *server) waiting() int {
	s.t.Helper()
	left, err := s.queued()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.out)
	}
	return left
}

// queued is like waiting, of a server that may have ended.
func (s *server) queued() (left int, err error) {
	var queue struct {
		Items []struct{ Ready, Delayed, Dead int }
	}
	status, _, text, err := s.ask("GET", "/api/v1/queue", "")
	if err == nil && status != 200 {
		err = fmt.Errorf("status %d: %s", status, text)
	}
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(text, &queue); err != nil {
		return 0, err
	}
	for _, topic := range queue.Items {
		left += topic.Ready + topic.Delayed
		if topic.Dead > 0 {
			return 0, fmt.Errorf("%d dead letters", topic.Dead)
		}
	}
	return left, nil
}

// await polls until a condition holds.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	awaitFor(t, time.Minute, what, holds)
}

func awaitFor(t testing.TB, patience time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !holds(); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}
