package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/config"
)

func serve(t *testing.T, handler http.Handler) (s *server, url string, stop func() error) {
	t.Helper()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings := &config.Settings{Addr: "127.0.0.1:0", MaxBodyBytes: 1024, ShutdownTimeout: 5 * time.Second}
	s = newServer(settings, listener, &health{log: quiet()}, handler, quiet())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	var result error
	stopped := false
	stop = func() error {
		if !stopped {
			stopped = true
			cancel()
			result = <-ended
		}
		return result
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s, address(settings, listener), stop
}

func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

func TestRunningRequestIsAnsweredWhileStopping(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	s, url, stop := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		_, _ = io.WriteString(w, "done")
	}))
	answer := make(chan string, 1)
	c := client(t)
	go func() {
		response, err := c.Get(url)
		if err != nil {
			answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		answer <- string(body)
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	waitFor(t, "the server to stop listening", func() bool {
		connection, err := net.DialTimeout("tcp", s.listener.Addr().String(), time.Second)
		if err == nil {
			connection.Close()
		}
		return err != nil
	})
	if !s.health.stopping.Load() {
		t.Error("still says that it is ready")
	}
	close(finish)
	if got := <-answer; got != "done" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestStuckRequestIsCutOff(t *testing.T) {
	begun := make(chan struct{})
	s, url, stop := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	s.timeout = 50 * time.Millisecond
	failed := make(chan error, 1)
	c := client(t)
	go func() {
		response, err := c.Get(url)
		if err == nil {
			response.Body.Close()
		}
		failed <- err
	}()
	<-begun
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the stuck request was answered")
	}
}

func TestPanicIsOneAnswer(t *testing.T) {
	_, url, _ := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		panic("secret detail")
	}))
	c := client(t)
	for range 2 {
		response, err := c.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusInternalServerError || strings.Contains(string(body), "secret") || !strings.Contains(string(body), "reference") {
			t.Errorf("%d %s", response.StatusCode, body)
		}
	}
	if response, err := c.Get(url + "/abort"); err == nil {
		response.Body.Close()
		t.Errorf("an aborted answer arrived: %d", response.StatusCode)
	}
}

func TestLargeBodyIsCut(t *testing.T) {
	_, url, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	c := client(t)
	for size, want := range map[int]int{1024: 200, 1025: 413} {
		response, err := c.Post(url, "text/plain", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes: status %d, want %d", size, response.StatusCode, want)
		}
	}
}

func TestAddressInUse(t *testing.T) {
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = listen(t.Context(), listener.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "in use") || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("got %v", err)
	}
	if _, err = listen(t.Context(), "192.0.2.1:80"); err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("got %v", err)
	}
}

func TestAddress(t *testing.T) {
	f := func(addr, public, want string) {
		t.Helper()
		listener, err := listen(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		if got := address(&config.Settings{Addr: addr, PublicURL: public}, listener); got != strings.ReplaceAll(want, "PORT", port) {
			t.Errorf("%s: got %s, want %s", addr, got, want)
		}
	}
	f("127.0.0.1:0", "", "http://127.0.0.1:PORT")
	f("localhost:0", "", "http://localhost:PORT")
	f(":0", "", "http://localhost:PORT")
	f("0.0.0.0:0", "", "http://localhost:PORT")
	f("127.0.0.1:0", "https://cdp.example.com", "https://cdp.example.com")
}

// waitFor polls until a condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(time.Minute); !holds(); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}
