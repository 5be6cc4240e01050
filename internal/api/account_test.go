package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/auth"
)

func TestSetupAndSession(t *testing.T) {
	h := open(t)
	token, err := h.guard.SetupToken(t.Context(), tenant)
	h.must(err)
	h.stranger().send("GET", "/setup", "").wants(http.StatusOK, `{"needed":true}`)
	h.stranger().send("POST", "/setup", `{"token":"guess","email":"ann@example.com","password":"`+password+`"}`).wants(http.StatusForbidden)
	h.stranger().send("POST", "/setup", `{"token":"`+token+`","email":"ann@example.com","password":"short"}`).
		wants(http.StatusUnprocessableEntity, `"location":"body.password"`, "too short")
	a := h.stranger().send("POST", "/setup", `{"token":"`+token+`","email":"ann@example.com","password":"`+password+`"}`).
		wants(http.StatusCreated, `"role":"admin"`)
	h.stranger().send("GET", "/setup", "").wants(http.StatusOK, `{"needed":false}`)
	h.stranger().send("POST", "/setup", `{"token":"`+token+`","email":"eve@example.com","password":"`+password+`"}`).wants(http.StatusForbidden)

	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{auth.CookieName + "=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %s lacks %s", cookie, part)
		}
	}
	secret, _, _ := strings.Cut(cookie, ";")
	browser := h.stranger().with("Cookie", secret)
	browser.send("GET", "/me", "").wants(http.StatusOK, `"email":"ann@example.com"`, `"tenant":"default"`, `"user":true`)
	if a := browser.send("POST", "/logout", "").wants(http.StatusNoContent); !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie is left: %s", a.header.Get("Set-Cookie"))
	}
	browser.send("GET", "/me", "").wants(http.StatusUnauthorized)
	browser.send("POST", "/logout", "").wants(http.StatusNoContent)
	h.stranger().send("POST", "/logout", "").wants(http.StatusNoContent)
}

func TestLogin(t *testing.T) {
	h := open(t)
	h.user("ann@example.com", auth.Viewer)
	in := func(email, password string) *answer {
		return h.stranger().send("POST", "/login", `{"email":"`+email+`","password":"`+password+`"}`)
	}
	in("ann@example.com", password).wants(http.StatusOK, `"role":"viewer"`)
	wrong, unknown := in("ann@example.com", "wrong password").wants(http.StatusUnauthorized), in("bob@example.com", password).wants(http.StatusUnauthorized)
	if without := func(a *answer) string { return strings.Split(a.body, "request_id")[0] }; without(wrong) != without(unknown) {
		t.Errorf("the answers tell accounts apart: %s and %s", wrong.body, unknown.body)
	}
	for range 9 {
		in("ann@example.com", "wrong password").wants(http.StatusUnauthorized)
	}
	if a := in("ann@example.com", password).wants(http.StatusTooManyRequests); a.header.Get("Retry-After") == "" {
		t.Error("the answer does not say when to try again")
	}
}

func TestBadBodies(t *testing.T) {
	h := open(t)
	for _, c := range []struct {
		name, body string
		status     int
		texts      []string
	}{
		{"no body", "", http.StatusBadRequest, nil},
		{"no JSON", "{", http.StatusBadRequest, []string{`"location":"body"`}},
		{"no object", "7", http.StatusUnprocessableEntity, []string{`"location":"body"`}},
		{"missing field", `{"email":"ann@example.com"}`, http.StatusUnprocessableEntity, []string{`"location":"body.password"`, "is missing"}},
		{"wrong type", `{"email":7,"password":"my secret word"}`, http.StatusUnprocessableEntity, []string{`"location":"body.email"`}},
		{"unknown field", `{"email":"a","password":"my secret word","admin":true}`, http.StatusUnprocessableEntity, []string{`"location":"body.admin"`}},
		{"too long", `{"email":"a","password":"` + strings.Repeat("x", 2000) + `"}`, http.StatusUnprocessableEntity, []string{`"location":"body.password"`}},
		{"too large", `{"email":"` + strings.Repeat("x", 2<<20) + `"}`, http.StatusRequestEntityTooLarge, nil},
	} {
		a := h.stranger().send("POST", "/login", c.body)
		a.what += " with " + c.name
		a.wants(c.status, c.texts...)
		if strings.Contains(a.body, "my secret word") {
			t.Errorf("the error repeats the password: %s", a.body)
		}
	}
	h.stranger().with("Content-Type", "application/x-www-form-urlencoded").send("POST", "/login", "email=a").wants(http.StatusUnsupportedMediaType)
}

// Pages of other sites must not be able to act with a visitor's cookie.
func TestOtherSitesAreRefused(t *testing.T) {
	h := open(t)
	h.user("ann@example.com", auth.Admin)
	browser := h.session("ann@example.com")
	source := `{"name":"Web","types":["rest"]}`
	for header, values := range map[string]map[string]int{
		"Sec-Fetch-Site": {"cross-site": 403, "same-site": 403, "same-origin": 201, "none": 201},
		"Origin":         {"https://evil.example": 403, "null": 403, "http://cdp.example": 201, "https://cdp.example": 201},
	} {
		for value, status := range values {
			browser.with(header, value).send("POST", "/sources", source).wants(status)
		}
	}
	browser.with("Sec-Fetch-Site", "cross-site").send("GET", "/sources", "").wants(http.StatusOK)
}

func TestPassword(t *testing.T) {
	h := open(t)
	h.user("ann@example.com", auth.Viewer)
	here, there := h.session("ann@example.com"), h.session("ann@example.com")
	here.send("PUT", "/me/password", `{"current":"wrong password","password":"another good one"}`).
		wants(http.StatusUnprocessableEntity, `"location":"body.current"`)
	here.send("PUT", "/me/password", `{"current":"`+password+`","password":"another good one"}`).wants(http.StatusNoContent)
	here.send("GET", "/me", "").wants(http.StatusOK)
	there.send("GET", "/me", "").wants(http.StatusUnauthorized)
	h.as(auth.Viewer).send("PUT", "/me/password", `{"current":"`+password+`","password":"another good one"}`).wants(http.StatusForbidden)
}

func TestLogoutEverywhere(t *testing.T) {
	h := open(t)
	h.user("ann@example.com", auth.Viewer)
	here, there := h.session("ann@example.com"), h.session("ann@example.com")
	here.send("POST", "/logout/everywhere", "").wants(http.StatusNoContent)
	here.send("GET", "/me", "").wants(http.StatusUnauthorized)
	there.send("GET", "/me", "").wants(http.StatusUnauthorized)
}

func TestUsers(t *testing.T) {
	h := open(t)
	admin := h.as(auth.Admin)
	ann := admin.send("POST", "/users", `{"email":"ann@example.com","role":"admin","password":"`+password+`"}`).wants(http.StatusCreated).fields()
	bob := admin.send("POST", "/users", `{"email":"Bob@Example.com","name":"Bob","role":"viewer","password":"`+password+`"}`).wants(http.StatusCreated).fields()
	admin.send("POST", "/users", `{"email":"bob@example.com","role":"viewer","password":"`+password+`"}`).wants(http.StatusConflict, `"location":"body.email"`)
	admin.send("POST", "/users", `{"email":"dan@example.com","role":"root","password":"`+password+`"}`).wants(http.StatusUnprocessableEntity, `"location":"body.role"`)
	list := admin.send("GET", "/users", "").wants(http.StatusOK, "ann@example.com", "bob@example.com")
	if strings.Contains(list.body, "argon2") || strings.Contains(list.body, "hash") {
		t.Errorf("the list shows password hashes: %s", list.body)
	}
	path := "/users/" + bob["id"].(string)
	admin.send("PATCH", path, `{"role":"developer","disabled":true}`).wants(http.StatusOK, `"role":"developer"`, `"disabled":true`, `"name":"Bob"`)
	admin.send("GET", path, "").wants(http.StatusOK, `"disabled":true`)
	admin.send("PATCH", "/users/none", `{"name":"x"}`).wants(http.StatusNotFound)
	admin.send("DELETE", "/users/"+ann["id"].(string), "").wants(http.StatusConflict, "last administrator")
	admin.send("DELETE", path, "").wants(http.StatusNoContent)
	admin.send("DELETE", path, "").wants(http.StatusNotFound)
}

func TestTokens(t *testing.T) {
	h := open(t)
	developer := h.as(auth.Developer)
	made := developer.send("POST", "/tokens", `{"name":"export","role":"viewer","scopes":["events:read"],"expires":"2999-01-01T00:00:00Z"}`).
		wants(http.StatusCreated).fields()
	secret := made["token"].(string)
	list := developer.send("GET", "/tokens", "").wants(http.StatusOK, `"name":"export"`, `"expires":"2999-01-01T00:00:00Z"`, `"scopes":["events:read"]`)
	if strings.Contains(list.body, secret) {
		t.Error("the list shows the secret")
	}
	program := h.stranger().with("Authorization", "Bearer "+secret)
	program.send("GET", "/me", "").wants(http.StatusOK, `"scopes":["events:read"]`, `"user":false`)
	program.send("GET", "/sources", "").wants(http.StatusForbidden, "sources:read")
	developer.send("POST", "/tokens", `{"name":"numbers","role":"developer","scopes":["metrics:read","*:read","queue:write"]}`).wants(http.StatusCreated)
	developer.send("POST", "/tokens", `{"name":"x","role":"admin"}`).wants(http.StatusForbidden, `"location":"body.role"`)
	developer.send("POST", "/tokens", `{"name":"x","role":"viewer","scopes":["evnets:read"]}`).wants(http.StatusUnprocessableEntity, `"location":"body.scopes"`, "evnets")
	developer.send("POST", "/tokens", `{"name":"x","role":"viewer","expires":"2001-01-01T00:00:00Z"}`).wants(http.StatusUnprocessableEntity, `"location":"body.expires"`)
	developer.send("POST", "/tokens", `{"name":"","role":"viewer"}`).wants(http.StatusUnprocessableEntity, `"location":"body.name"`)
	developer.send("DELETE", "/tokens/"+made["id"].(string), "").wants(http.StatusNoContent)
	program.send("GET", "/me", "").wants(http.StatusUnauthorized)
	developer.send("DELETE", "/tokens/"+made["id"].(string), "").wants(http.StatusNotFound)
}
