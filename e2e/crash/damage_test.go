package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDamage damages one file after another in copies of a data folder. The server says so when it starts, or it does once the
// damaged place is read, or nothing that was promised is missing: it never serves a part as if it were the whole.
//
// The ends of the newest log and of the list of files are left alone: a crash may leave them torn, and nothing tells that from
// damage.
func TestDamage(t *testing.T) {
	data, c := t.TempDir(), newCrowd(1)
	s := start(t, data)
	s.makeSource()
	for range 2 { // what was in the log is in tables when the server starts again
		underLoad(t, s, c, 500*time.Millisecond, syscall.SIGKILL, -1)
		s = start(t, data)
	}
	underLoad(t, s, c, 500*time.Millisecond, syscall.SIGKILL, -1)
	told := map[string]int{}
	try := func(pattern string, spoil ...func([]byte) []byte) {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(data, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		for _, file := range files {
			name, err := filepath.Rel(data, file)
			if err != nil {
				t.Fatal(err)
			}
			for i, spoil := range spoil {
				t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) { told[pattern+" "+damage(t, data, name, c, spoil)]++ })
			}
		}
	}
	try("records/*.sst", cut, flip(0.5))
	try("records/*.log", flip(0.05))
	try("records/MANIFEST-*", flip(0.05))
	s = start(t, data)
	s.drain()
	s.end(syscall.SIGTERM) // now the configuration is whole in its one file
	try("config.db", cut, flip(0.3), flip(0.6))
	try("secret", cut, flip(0.5))
	t.Log(told)
	for _, must := range []string{"records/*.sst refused", "records/*.sst noticed", "records/*.log refused", "records/MANIFEST-* refused", "config.db refused", "secret refused"} {
		if told[must] == 0 {
			t.Errorf("%s: not seen", must)
		}
	}
}

func cut(text []byte) []byte { return text[:len(text)/2] }

// flip flips a bit somewhere behind a part of a file.
func flip(part float64) func([]byte) []byte {
	return func(text []byte) []byte {
		if len(text) > 0 {
			at := int(part*float64(len(text))) + rand.IntN(len(text)/20+1)
			text[at] ^= 0x40
		}
		return text
	}
}

// damage starts the server on a copy of the folder with one damaged file and says what became of it.
func damage(t *testing.T, data, name string, c *crowd, spoil func([]byte) []byte) string {
	t.Helper()
	spoilt := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(spoilt, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(spoilt, "secret"), 0o600); err != nil { // a copy is for everybody
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(spoilt, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spoilt, name), spoil(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return outcome(t, spoilt, c)
}

// outcome starts the server on a damaged folder and says what became of it.
func outcome(t *testing.T, data string, c *crowd) string {
	t.Helper()
	s := launch(t, data)
	defer s.end(syscall.SIGKILL)
	running := false
	await(t, "the server to start or to refuse", func() bool {
		select {
		case <-s.ended:
			return true
		default:
		}
		if match := readyLine.FindStringSubmatch(s.out.String()); match != nil {
			s.url, running = match[1], true
		}
		return running
	})
	if !running {
		words := s.out.String()
		if code := s.command.ProcessState.ExitCode(); code != 2 || !strings.Contains(words, "damaged") || !strings.Contains(words, "backup") {
			t.Errorf("exit code %d, and no word of damage:\n%s", code, words)
		}
		if code, words := doctor(data); code != 1 || !strings.Contains(words, "damaged") {
			t.Errorf("the doctor ends with %d and sees no damage:\n%s", code, words)
		}
		return "refused"
	}
	for _, collection := range []string{"events", "sessions", "profiles"} {
		// A damaged place breaks the reading off, even of an answer that has begun.
		if status, _, _, err := s.ask("GET", "/api/v1/"+collection+"/export?format=jsonl", ""); err != nil || status != 200 {
			return noticed(t, s)
		}
	}
	var err error
	await(t, "the queue to be empty", func() bool {
		var left int
		left, err = s.queued()
		return left == 0 || err != nil
	})
	if err != nil {
		return noticed(t, s)
	}
	promises(t, c, stored{events: export[event](s, "events")})
	return "harmless"
}

// noticed waits until the server says what is wrong, as long as it runs, or with its last words: it ends when it can't read what it
// has accepted.
func noticed(t *testing.T, s *server) string {
	t.Helper()
	ended := false
	await(t, "word of the damage", func() bool {
		select {
		case <-s.ended:
			ended = true
			return true
		default:
		}
		status, _, text, err := s.ask("GET", "/readyz", "")
		return err == nil && status == 503 && strings.Contains(string(text), "damaged") && strings.Contains(string(text), "backup")
	})
	if ended {
		lines := strings.Split(strings.TrimSpace(s.out.String()), "tracardi: ")
		last := lines[len(lines)-1]
		if code := s.command.ProcessState.ExitCode(); code != 2 || !strings.Contains(last, "damaged") || !strings.Contains(last, "backup") {
			t.Errorf("exit code %d, and no word of damage at the end:\n%s", code, s.out)
		}
	}
	return "noticed"
}

func doctor(data string) (int, string) {
	command := exec.Command(binary, "doctor", "--data", data, "--addr=127.0.0.1:0")
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, _ := command.CombinedOutput() // the exit code says it
	return command.ProcessState.ExitCode(), string(out)
}

// TestGarbageInTheLog lets the server start on what a power cut leaves: a log that ends in the middle of a record.
func TestGarbageInTheLog(t *testing.T) {
	data, c := t.TempDir(), newCrowd(1)
	s := start(t, data)
	s.makeSource()
	underLoad(t, s, c, 200*time.Millisecond, syscall.SIGKILL, -1)
	logs, err := filepath.Glob(filepath.Join(data, "records", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no log of the records found: %v", err)
	}
	file, err := os.OpenFile(logs[len(logs)-1], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("half a record")); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	verify(t, start(t, data), c)
}
