package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func newRequest(t *testing.T, method, url string) (*http.Request, error) {
	return http.NewRequestWithContext(t.Context(), method, url, nil)
}

func TestConfigTellsWhereValuesComeFrom(t *testing.T) {
	name := filepath.Join(t.TempDir(), "tracardi.yaml")
	if err := os.WriteFile(name, []byte("addr: 127.0.0.1:9999\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, environ("TRACARDI_ADMIN_TOKEN=sesame-sesame-sesame"), "config", "--config", name, "--log-level=debug")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, line := range []string{
		`data\s+\./data\s+default`, `addr\s+127\.0\.0\.1:9999\s+` + regexp.QuoteMeta(name),
		`admin-token\s+\*+\s+environment`, `log-level\s+debug\s+flag`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(out) {
			t.Errorf("no line %s in\n%s", line, out)
		}
	}
	if strings.Contains(out+errs, "sesame") {
		t.Error("a secret is shown")
	}
}

func TestUnknownKeyIsAnError(t *testing.T) {
	name := filepath.Join(t.TempDir(), "tracardi.yaml")
	if err := os.WriteFile(name, []byte("memery: 128\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "config", "doctor"} {
		code, _, errs := run(t, environ(), command, "--config", name)
		if code != 1 {
			t.Errorf("%s: exit code %d, want 1", command, code)
		}
		contains(t, errs, name, "memery", `"memory"`)
	}
}

func TestVersion(t *testing.T) {
	code, out, _ := run(t, environ(), "version")
	if code != 0 || !regexp.MustCompile(`^tracardi \S+ \(go1\.`).MatchString(out) {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestDoctor(t *testing.T) {
	embedded(t)
	data := filepath.Join(t.TempDir(), "data")
	free := freeAddr(t)
	doctor := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := run(t, environ(), append([]string{"doctor", "--data", data, "--addr", free}, args...)...)
		if code != want {
			t.Errorf("exit code %d, want %d:\n%s%s", code, want, out, errs)
		}
		return out
	}
	out := doctor(0)
	contains(t, out, "does not exist yet", "is free")
	if _, err := os.Stat(data); err == nil {
		t.Error("the doctor made the data folder")
	}
	contains(t, doctor(1, "--records-url", "elasticsearch://127.0.0.1:1?frob=1"), "FAIL", "servers", "records-url", "frob")
	if _, err := os.Stat(data); err == nil {
		t.Error("the doctor of an installation with servers made the data folder")
	}

	p := start(t, data)
	contains(t, doctor(1), "are in use", "another data folder")
	free = strings.TrimPrefix(p.url, "http://")
	contains(t, doctor(0), "a server answers", "is ready")
	if code := p.signal(15); code != 0 {
		t.Fatalf("exit code %d", code)
	}

	out = doctor(0)
	contains(t, out, "can be opened", "WARN", "follow the link")
	if err := os.Chmod(filepath.Join(data, "secret"), 0o640); err != nil {
		t.Fatal(err)
	}
	contains(t, doctor(1), "FAIL", "chmod 600")
	if err := os.WriteFile(filepath.Join(data, "config.db"), []byte("no database at all, but long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	contains(t, doctor(1), "config.db", "backup")
	contains(t, doctor(1, "--trusted-proxies=0.0.0.0/0"), "trusts everyone")
}

// TestDoctorOfTheWebApplication asks for one that runs alone, as the health check of its container does.
func TestDoctorOfTheWebApplication(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data, "--roles", "gui")
	code, out, errs := run(t, environ(), "doctor", "--data", data, "--roles", "gui", "--addr", strings.TrimPrefix(p.url, "http://"))
	if code != 0 || !strings.Contains(out, "a server answers") {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
}

// TestDoctorAsksForTheAPI examines a web application whose API is elsewhere.
func TestDoctorAsksForTheAPI(t *testing.T) {
	doctor := func(want int, apiURL string) string {
		t.Helper()
		code, out, errs := run(t, environ(), "doctor", "--roles", "gui", "--addr", freeAddr(t), "--data", t.TempDir(), "--api-url", apiURL)
		if code != want {
			t.Errorf("exit code %d, want %d:\n%s%s", code, want, out, errs)
		}
		return out
	}
	nobody := "http://" + freeAddr(t)
	contains(t, doctor(1, nobody), "FAIL", "api", nobody+" gives no answer: start it, or look at api-url")
	p := start(t, t.TempDir())
	contains(t, doctor(0, p.url), "one answers at "+p.url)
	contains(t, doctor(0, ""), "api-url is empty")
}

func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
