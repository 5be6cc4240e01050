// Package e2e tests the program as its users have it: the binary, started on a folder, over HTTP and signals.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tracardi-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if binary, err = compile(dir, "cmd/tracardi"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stopOwnServers()
	if !onServers() {
		return m.Run()
	}
	begin := fmt.Sprintf("e2e%x", os.Getpid())
	surroundings = []string{"ONSERVERS_PROGRAM=" + binary, "ONSERVERS_NAME=" + begin}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TRACARDI_TEST_") && strings.Contains(variable, "_URL=") {
			surroundings = append(surroundings, variable)
		}
	}
	if binary, err = compile(dir, "e2e/onservers"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := place.FromEnvironment().Remove(begin); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// onServers tells that the programs of the tests keep everything on servers, and serve with several processes.
func onServers() bool { return os.Getenv("TRACARDI_TEST_ON_SERVERS") != "" }

// surroundings are more of the environment of all programs.
var surroundings []string

// embedded skips a test of what a program keeps in its data folder.
func embedded(t *testing.T) {
	t.Helper()
	if onServers() {
		t.Skip("is about the program alone on its data folder, and everything is on servers")
	}
}

// compile builds a command into a folder.
func compile(dir, command string) (program string, err error) {
	program = filepath.Join(dir, filepath.Base(command))
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./"+command)
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// token is the administrator's in all tests.
const token = "e2e-e2e-e2e-e2e-e2e-e2e"

// program is a running server.
type program struct {
	t       *testing.T
	command *exec.Cmd
	url     string
	out     *output
	errs    *output
	client  *http.Client
	begun   time.Time
	ready   time.Duration // from the start to the first answer of /readyz
	ended   chan error
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

// environ is a clean environment with some variables.
func environ(variables ...string) []string {
	return slices.Concat([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, surroundings, variables)
}

// start runs "tracardi serve" on a folder and a free port, and waits until it is ready.
func start(t *testing.T, data string, args ...string) *program {
	t.Helper()
	p := launch(t, data, args...)
	p.awaitReady()
	return p
}

func (p *program) awaitReady() {
	p.t.Helper()
	await(p.t, "the server to be ready", func() bool {
		select {
		case err := <-p.ended:
			p.t.Fatalf("the server ended: %v\n%s%s", err, p.out, p.errs)
		default:
		}
		match := readyLine.FindStringSubmatch(p.out.String())
		if match == nil {
			return false
		}
		p.url = match[1]
		response, err := p.client.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	p.ready = time.Since(p.begun)
}

var readyLine = regexp.MustCompile(`is ready: (http://\S+)`)

// launch runs "tracardi serve" and waits for nothing.
func launch(t *testing.T, data string, args ...string) *program {
	t.Helper()
	return launchWith(t, []string{"TRACARDI_ADMIN_TOKEN=" + token}, data, args...)
}

// launchWith runs "tracardi serve" with variables of its own.
func launchWith(t *testing.T, variables []string, data string, args ...string) *program {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	p := &program{
		t: t, out: &output{}, errs: &output{}, ended: make(chan error, 1),
		client: &http.Client{Transport: transport, Timeout: time.Minute},
	}
	p.command = exec.Command(binary, append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0"}, args...)...)
	p.command.Env = environ(variables...)
	p.command.Stdout, p.command.Stderr = p.out, p.errs
	p.begun = time.Now()
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.command.Wait() }()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = p.command.Process.Kill() // it may have ended already
		if t.Failed() {
			t.Logf("output of the server:\n%s%s", p.out, p.errs)
		}
	})
	return p
}

// signal sends a signal and returns the exit code.
func (p *program) signal(s syscall.Signal) int {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// wait returns the exit code, -1 for the end by a signal.
func (p *program) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.command.ProcessState.ExitCode()
	case <-time.After(time.Minute):
		p.t.Fatal("the server does not end")
		return 0
	}
}

// ask sends a request as the administrator and returns status and body.
func (p *program) ask(method, path, body string) (int, string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// must sends a request that has to succeed and decodes its answer.
func (p *program) must(method, path, body string, into any) {
	p.t.Helper()
	status, text := p.ask(method, path, body)
	if status >= 300 {
		p.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			p.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
}

// run runs a command of the program to its end.
func run(t *testing.T, env []string, args ...string) (code int, out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, binary, args...)
	command.Env, command.Stdout, command.Stderr = env, &stdout, &stderr
	command.Dir = t.TempDir()
	err := command.Run()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// await polls until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	patience := time.Minute
	if onServers() {
		patience = 3 * time.Minute
	}
	for deadline := time.After(patience); !holds(); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}
