package api_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/node"
)

func init() { // a type of resource is registered like those of the program
	for id, empty := range map[string]func() any{"trial": func() any { return &trialResource{} }, "trial-mute": func() any { return &struct{}{} }} {
		node.RegisterResource(node.ResourceType{ID: id, Name: id, Icon: "test-pipe", Doc: "A system that is not there.", New: empty})
	}
}

type trialResource struct {
	Host     string `json:"host" title:"Host" help:"Where it is." address:"true" required:"true"`
	Password string `json:"password" title:"Password" help:"Its password." secret:"true"`
}

// TestConnection implements node.ConnectionTester.
func (r *trialResource) TestConnection(context.Context, node.Network) error {
	if r.Password != "right-password" {
		return errors.New("the password is wrong")
	}
	return nil
}

func TestResources(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	c.send("GET", "/resource-types", "").wants(200, `"id":"trial"`, `"writeOnly":true`, `"testable":true`, `"testable":false`)

	c.send("POST", "/resources", `{"id": "r", "name": "R", "type": "trial", "settings": {"host": "a.example", "password": "right-password"}}`).
		wants(201, `"host":"a.example"`, `"secrets_set":["password"]`)
	for _, path := range []string{"/resources", "/resources/r"} {
		if a := c.send("GET", path, "").wants(200, "a.example"); strings.Contains(a.body, "right-password") || strings.Contains(a.body, "aes256gcm") {
			t.Errorf("%s shows a secret: %s", path, a.body)
		}
	}
	c.send("POST", "/resources/r/test", "").wants(200, `"ok":true`)
	c.send("PATCH", "/resources/r", `{"name": "Renamed"}`).wants(200, `"Renamed"`, `"secrets_set":["password"]`)
	c.send("POST", "/resources/r/test", "").wants(200, `"ok":true`)
	c.send("PATCH", "/resources/r", `{"settings": {"host": "evil.example"}}`).wants(422, "settings.password", "enter it again")
	c.send("PATCH", "/resources/r", `{"settings": {"password": "wrong"}}`).wants(200)
	c.send("POST", "/resources/r/test", "").wants(200, `"ok":false`, "the password is wrong")

	c.send("POST", "/connection-tests", `{"name": "R", "type": "trial", "settings": {"host": "a", "password": "right-password"}}`).wants(200, `"ok":true`)
	c.send("POST", "/connection-tests", `{"id": "r", "name": "R", "type": "trial", "settings": {"host": "a.example"}}`).wants(200, `"ok":false`)
	c.send("POST", "/connection-tests", `{"name": "R", "type": "trial-mute"}`).wants(422, "type", "cannot be tested")

	c.send("POST", "/resources", `{"name": "R", "type": "trial", "settings": {"port": 1}}`).wants(422, "body.settings.port", "body.settings.host")
	c.send("POST", "/resources", `{"name": "R", "type": "unheard"}`).wants(422, "body.type", "trial")
	c.send("DELETE", "/resources/r", "").wants(204)
	c.send("GET", "/resources/r", "").wants(404)
}
