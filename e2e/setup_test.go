package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var setupLink = regexp.MustCompile(`(http://\S+)/setup\?token=(\S+)`)

func TestSetupLinkWorksOnce(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	link := setupLink.FindStringSubmatch(p.out.String())
	if link == nil || link[1] != p.url {
		t.Fatalf("no setup link in %q", p.out)
	}
	if status, body := p.ask("GET", "/setup?token="+link[2], ""); status != 200 || strings.Contains(body, link[2]) {
		t.Errorf("the link leads to %d %s", status, body)
	}
	setup := func(token string) int {
		t.Helper()
		status, _ := p.ask("POST", "/api/v1/setup", fmt.Sprintf(`{"token": %q, "email": "ann@example.com", "password": "three-plain-words"}`, token))
		return status
	}
	if status := setup("wrong"); status != 403 {
		t.Errorf("wrong token: status %d", status)
	}
	if status := setup(link[2]); status != 201 {
		t.Errorf("right token: status %d", status)
	}
	if status := setup(link[2]); status != 403 {
		t.Errorf("used token: status %d", status)
	}
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p = start(t, data)
	if strings.Contains(p.out.String(), "setup") {
		t.Errorf("the setup is offered again: %s", p.out)
	}
	login(t, p, "ann@example.com", "three-plain-words", http.StatusOK)
	login(t, p, "ann@example.com", "wrong-plain-words", http.StatusUnauthorized)
}

func TestAdministratorWithoutHands(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--admin-email=ann@example.com", "--admin-password=three-plain-words")
	if setupLink.MatchString(p.out.String()) {
		t.Errorf("a setup link is printed although there is an administrator: %s", p.out)
	}
	login(t, p, "ann@example.com", "three-plain-words", http.StatusOK)
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p = start(t, data, "--admin-email=ann@example.com", "--admin-password=another-three-words")
	login(t, p, "ann@example.com", "three-plain-words", http.StatusOK) // who has an account keeps its password
}

// login signs in as a browser does, without the administrator's token, and looks at what the session opens.
func login(t *testing.T, p *program, email, password string, want int) {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"email": %q, "password": %q}`, email, password))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/v1/login", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != want {
		t.Fatalf("login: status %d, want %d", response.StatusCode, want)
	}
	if want != http.StatusOK {
		return
	}
	me, err := newRequest(t, http.MethodGet, p.url+"/api/v1/me")
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range response.Cookies() {
		me.AddCookie(cookie)
	}
	answer, err := p.client.Do(me)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the session opens nothing: status %d", answer.StatusCode)
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	p := start(t, t.TempDir())
	for path, want := range map[string]int{
		"/api/v1/profiles": 401, "/api/v1/sources": 401, "/api/v1/users": 401, "/api/v1/nothing": 404, "/healthz": 200, "/api/v1/openapi.json": 200,
		"/secret.txt": 404, "/config.db": 404, "/tracker/../config.db": 404, "/tracker/.keep": 404,
	} {
		request, err := newRequest(t, http.MethodGet, p.url+path)
		if err != nil {
			t.Fatal(err)
		}
		response, err := p.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, response.StatusCode, want)
		}
	}
}
