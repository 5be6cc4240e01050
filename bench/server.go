package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const adminToken = "bench-token-of-no-other-use"

// server is a running program under test.
type server struct {
	url     string
	command *exec.Cmd
	dir     string
	own     bool // dir is ours to remove
}

// startServer starts the binary on a fresh folder, or on dir if there is one, and makes the source.
func startServer(ctx context.Context, s settings) (*server, error) {
	var args []string
	if s.records != "" {
		args = append(args, "--records-url", s.records)
	}
	started, err := startRole(ctx, s, "", args...)
	if err != nil {
		return nil, err
	}
	return started, started.makeSource()
}

// startRole starts the binary with some roles, or with all, and with more settings.
func startRole(ctx context.Context, s settings, roles string, args ...string) (*server, error) {
	dir, own := s.dir, false
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "tracardi-bench-"); err != nil {
			return nil, err
		}
		own = true
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, s.binary, append([]string{"serve", "--data", filepath.Join(dir, "data"), "--addr", address, "--log-level", "warn"}, args...)...)
	if roles != "" {
		command.Args = append(command.Args, "--roles", roles)
	}
	command.Env = append(os.Environ(), "TRACARDI_ADMIN_TOKEN="+adminToken)
	command.Stderr = os.Stderr
	started := &server{url: "http://" + address, command: command, dir: dir, own: own}
	return started, started.start(ctx, "/readyz")
}

// makeSource makes the source that all loads name.
func (s *server) makeSource() error {
	source := map[string]any{"id": sourceID, "name": "Bench", "types": []string{"rest"}}
	return s.call(http.MethodPost, "/api/v1/sources", source, nil)
}

// startBare starts the limit: a server that decodes the same JSON and answers.
func startBare(ctx context.Context) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, "bare", address)
	command.Stderr = os.Stderr
	started := &server{url: "http://" + address, command: command}
	return started, started.start(ctx, "/")
}

// serveBare answers requests as our server does, without doing anything but decoding them: once, or as often as ?times= says, to
// take as much processor time as our server.
func serveBare(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		times, _ := strconv.Atoi(r.URL.Query().Get("times"))
		for range max(1, times) {
			var payload map[string]any
			if len(body) > 0 && json.Unmarshal(body, &payload) != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"task":"0","ux":[],"response":{},"events":[],"profile":{"id":"0"},"session":{"id":"0"},"errors":[],"warnings":[]}`))
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server.ListenAndServe()
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func (s *server) start(ctx context.Context, ready string) error {
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("start %s (make build makes it): %w", s.command.Path, err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		response, err := http.Get(s.url + ready) //nolint:gosec // our own server
		if err == nil {
			_ = response.Body.Close() // only the status counts
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return fmt.Errorf("%s was not ready after 30 s", s.command.Path)
}

// stop ends the server and removes its folder.
func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may be gone already
	_ = s.command.Wait()
	if s.own {
		_ = os.RemoveAll(s.dir) // left-overs in the temporary folder do no harm
	}
}

// call does one request to the admin API.
func (s *server) call(method, path string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, s.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+adminToken)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := newClient(1).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read to its end below
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 && response.StatusCode != http.StatusConflict {
		return fmt.Errorf("%s %s: status %d: %s", method, path, response.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

func (s *server) total(collection, query string) (int64, error) {
	var page struct{ Total int64 }
	err := s.call(http.MethodGet, "/api/v1/"+collection+"?limit=1&q="+url.QueryEscape(query), nil, &page)
	return page.Total, err
}

// memory returns the resident size of the server in megabytes, as Linux tells it.
func (s *server) memory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			var kilobytes float64
			_, _ = fmt.Sscan(rest, &kilobytes)
			return kilobytes / 1024
		}
	}
	return 0
}

// cpu returns the processor time that the server has used, in seconds.
func (s *server) cpu() float64 { return cpuOf(s.command.Process.Pid) }

// cpuOf returns the processor time that a process has used, in seconds, as Linux tells it.
func cpuOf(process int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var user, system float64
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	return (user + system) / 100
}
