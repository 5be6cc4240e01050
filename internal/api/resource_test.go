package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	_ "github.com/tracardi/tracardi-go/bridges" // sources read from them
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

func TestSources(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	a := c.send("POST", "/sources", `{"id":"web","name":"Web","types":["rest"]}`).wants(http.StatusCreated)
	made := a.fields()
	if made["id"] != "web" || made["enabled"] != true || made["write_key"] == "" || made["version"] != 1.0 || a.header.Get("ETag") != `"1"` {
		t.Errorf("got %s, version %s", a.body, a.header.Get("ETag"))
	}
	if source := h.workspace.Snapshot(tenant).SourcesByKey[made["write_key"].(string)]; source == nil || source.ID != "web" || !source.Enabled {
		t.Errorf("the snapshot has %+v", source)
	}
	c.send("POST", "/sources", `{"id":"web","name":"Again","types":["rest"]}`).wants(http.StatusConflict)
	other := c.send("POST", "/sources", `{"name":"App","types":["rest"],"enabled":false}`).wants(http.StatusCreated, `"enabled":false`).fields()
	if len(other["id"].(string)) != 36 || other["write_key"] == made["write_key"] {
		t.Errorf("got %v", other)
	}
	c.send("GET", "/sources", "").wants(http.StatusOK, `"id":"web"`, `"name":"App"`)
	c.send("GET", "/sources/none", "").wants(http.StatusNotFound)

	// What was read can be sent back as it is.
	a = c.send("PUT", "/sources/web", c.send("GET", "/sources/web", "").body).wants(http.StatusOK, `"version":2`)
	if a.fields()["write_key"] != made["write_key"] {
		t.Error("the write key changed")
	}
	a = c.send("PUT", "/sources/web", `{"name":"Shop","types":["rest","webhook"]}`).wants(http.StatusOK, `"types":["rest","webhook"]`)
	if got := a.fields(); got["write_key"] != made["write_key"] || got["id"] != "web" || got["created"] != made["created"] {
		t.Errorf("got %s", a.body)
	}
	if got := h.workspace.Snapshot(tenant).Sources["web"].Name; got != "Shop" {
		t.Errorf("the snapshot still says %s", got)
	}
	c.send("PUT", "/sources/web", `{"id":"app","name":"Shop","types":["rest"]}`).wants(http.StatusUnprocessableEntity, `"location":"body.id"`)
	c.send("PUT", "/sources/none", `{"name":"Shop","types":["rest"]}`).wants(http.StatusNotFound)

	c.send("PATCH", "/sources/web", `{"enabled":false,"channel":"Web"}`).wants(http.StatusOK, `"enabled":false`, `"channel":"Web"`, `"name":"Shop"`)
	a = c.send("PATCH", "/sources/web", `{"channel":null,"tags":["a"]}`).wants(http.StatusOK, `"enabled":false`, `"tags":["a"]`)
	if _, still := a.fields()["channel"]; still {
		t.Errorf("null did not remove the channel: %s", a.body)
	}
	c.with("Content-Type", "application/merge-patch+json").send("PATCH", "/sources/web", `{"description":"x"}`).wants(http.StatusOK, `"description":"x"`)
	c.send("PATCH", "/sources/web", `{"name":null}`).wants(http.StatusUnprocessableEntity, `"location":"body.name"`)
	c.send("PATCH", "/sources/web", `{"nmae":"x"}`).wants(http.StatusUnprocessableEntity, `"location":"body.nmae"`)
	c.send("PATCH", "/sources/web", `{"Name":"x"}`).wants(http.StatusUnprocessableEntity, `"location":"body.Name"`)
	c.send("PATCH", "/sources/web", `{"types":["smoke"]}`).wants(http.StatusUnprocessableEntity, `"location":"body.types[0]"`)

	c.send("DELETE", "/sources/web", "").wants(http.StatusNoContent)
	c.send("DELETE", "/sources/web", "").wants(http.StatusNotFound)
	if h.workspace.Snapshot(tenant).Sources["web"] != nil {
		t.Error("the snapshot still has the deleted source")
	}
}

func TestSourceInput(t *testing.T) {
	h := open(t)
	c := h.as(auth.Admin)
	c.send("POST", "/sources", `{"id":"taken","name":"Taken","types":["rest"],"write_key":"k"}`).wants(http.StatusCreated)
	for _, x := range []struct {
		body     string
		status   int
		location string
	}{
		{`{"types":["rest"]}`, 422, "body.name"},
		{`{"name":"","types":["rest"]}`, 422, "body.name"},
		{`{"name":"Web"}`, 422, "body.types"},
		{`{"name":"Web","types":[]}`, 422, "body.types"},
		{`{"name":"Web","types":null}`, 422, "body.types"},
		{`{"name":"Web","types":["rest"],"origins":["https://shop.example","shop.example"]}`, 422, "body.origins[1]"},
		{`{"name":"Web","types":["rest"],"origins":["https://shop.example/"]}`, 422, "body.origins[0]"},
		{`{"name":"Web","types":["rest"],"origins":["https://Shop.example"]}`, 422, "body.origins[0]"},
		{`{"name":"Web","types":["smoke"]}`, 422, "body.types[0]"},
		{`{"id":"../x","name":"Web","types":["rest"]}`, 422, "body.id"},
		{`{"name":"Web","types":["rest"],"enabled":"yes"}`, 422, "body.enabled"},
		{`{"name":"Web","types":["rest"],"rate_limit":-1}`, 422, "body.rate_limit"},
		{`{"name":"Web","types":["rest"],"colour":"red"}`, 422, "body.colour"},
		{`{"name":"Web","types":["rest"],"write_key":"k"}`, 409, "body.write_key"},
	} {
		c.send("POST", "/sources", x.body).wants(x.status, `"location":"`+x.location+`"`)
	}
}

// TestBridgeInput makes sources that read from a broker, and some that cannot.
func TestBridgeInput(t *testing.T) {
	h := open(t)
	c := h.as(auth.Admin)
	c.send("GET", "/bridges", "").wants(http.StatusOK, `"id":"kafka"`, `"topics"`, `"x-kind":"resource:kafka"`, `"start":"earliest"`)
	c.send("POST", "/resources", `{"id":"k","name":"Kafka","type":"kafka","settings":{"brokers":["kafka.example:9092"]}}`).wants(http.StatusCreated)
	for body, wants := range map[string][]string{
		`"types":["kafka"]`: {"body.bridge.server", "body.bridge.topics", "is required"},
		`"types":["kafka"],"bridge":{"server":"k","topics":["a"],"start":"middle"}`: {"body.bridge.start"},
		`"types":["kafka"],"bridge":{"server":"k","topics":["a"],"topic":"a"}`:      {"body.bridge.topic", "there is no such setting"},
		`"types":["kafka"],"bridge":{"server":"nobody","topics":["a"]}`:             {"body.bridge", "there is no resource"},
		`"types":["rest"],"bridge":{"server":"k"}`:                                  {"body.bridge", "GET /bridges"},
		`"types":["rest","pulsar"]`:                                                 {"body.types[1]", "there is no way in", "kafka"},
		`"types":["imap"]`:                                                          {"body.types[0]", "there is no way in"},
	} {
		c.send("POST", "/sources", `{"name":"Orders",`+body+`}`).wants(http.StatusUnprocessableEntity, wants...)
	}
	c.send("POST", "/resources", `{"name":"K","type":"kafka","settings":{"brokers":["kafka.example"]}}`).wants(422, "body.settings.brokers[0]", "HOST:PORT")
	c.send("POST", "/resources", `{"name":"K","type":"kafka","settings":{"brokers":["kafka.example:1"],"login":"plain"}}`).wants(422, "body.settings.user")
	c.send("POST", "/resources", `{"name":"K","type":"kafka","settings":{"brokers":["kafka.example:1"],"tls":true,"ca":"x"}}`).wants(422, "body.settings.ca")
	c.send("POST", "/sources", `{"id":"orders","name":"Orders","types":["kafka"],"event_type":"order","bridge":{"server":"k","topics":["a"]}}`).
		wants(http.StatusCreated, `"topics":["a"]`)
	c.send("PATCH", "/sources/orders", `{"bridge":{"topics":["a","b"]}}`).wants(http.StatusOK, `"topics":["a","b"]`, `"server":"k"`)
	c.send("DELETE", "/resources/k", "").wants(http.StatusConflict, `the source \"Orders\" uses this resource`)
	c.send("DELETE", "/sources/orders", "").wants(http.StatusNoContent)
	c.send("DELETE", "/resources/k", "").wants(http.StatusNoContent)
}

func TestVersions(t *testing.T) {
	h := open(t)
	c := h.as(auth.Admin)
	c.send("POST", "/sources", `{"id":"web","name":"Web","types":["rest"]}`).wants(http.StatusCreated)
	for _, method := range []string{"PUT", "PATCH"} {
		version := c.send("GET", "/sources/web", "").header.Get("ETag")
		seen := c.with("If-Match", version)
		seen.send(method, "/sources/web", `{"name":"Mine","types":["rest"]}`).wants(http.StatusOK)
		seen.send(method, "/sources/web", `{"name":"Late","types":["rest"]}`).wants(http.StatusPreconditionFailed, "changed it meanwhile")
		c.with("If-Match", "*").send(method, "/sources/web", `{"name":"Any","types":["rest"]}`).wants(http.StatusOK)
	}
	c.with("If-Match", `"1"`).send("DELETE", "/sources/web", "").wants(http.StatusPreconditionFailed)
	c.with("If-Match", `"5"`).send("DELETE", "/sources/web", "").wants(http.StatusNoContent)
}

func TestRedirects(t *testing.T) {
	h := open(t)
	c := h.as(auth.Admin)
	c.send("POST", "/sources", `{"id":"mail","name":"Mail","types":["redirect"]}`).wants(http.StatusCreated)
	marketer := h.as(auth.Marketer)
	body := `{"id":"sale","name":"Sale","url":"https://shop.example/sale?x=1","source":{"id":"mail"},"event_type":"link-clicked","props":{"a":{"b":1,"c":2}}}`
	marketer.send("POST", "/redirects", body).wants(http.StatusCreated, `"id":"sale"`, `"version":1`)
	if got := h.workspace.Snapshot(tenant).Redirects["sale"]; got == nil || got.URL != "https://shop.example/sale?x=1" {
		t.Errorf("the snapshot has %+v", got)
	}
	a := marketer.send("PATCH", "/redirects/sale", `{"props":{"a":{"b":null,"d":[3]}}}`).wants(http.StatusOK)
	if diff := cmp.Diff(map[string]any{"a": map[string]any{"c": 2.0, "d": []any{3.0}}}, a.fields()["props"]); diff != "" {
		t.Error(diff)
	}
	for body, location := range map[string]string{
		`{"name":"Sale","url":"javascript:alert(1)","source":{"id":"mail"},"event_type":"click"}`:          "body.url",
		`{"name":"Sale","url":"/sale","source":{"id":"mail"},"event_type":"click"}`:                        "body.url",
		`{"name":"Sale","url":"https://","source":{"id":"mail"},"event_type":"click"}`:                     "body.url",
		`{"name":"Sale","url":"https://shop.example","source":{"id":"none"},"event_type":"click"}`:         "body.source.id",
		`{"id":"a b","name":"S","url":"https://shop.example","source":{"id":"mail"},"event_type":"click"}`: "body.id",
		`{"name":"Sale","url":"https://shop.example","source":{"id":"mail"}}`:                              "body.event_type",
	} {
		marketer.send("POST", "/redirects", body).wants(http.StatusUnprocessableEntity, `"location":"`+location+`"`)
	}
	c.send("DELETE", "/sources/mail", "").wants(http.StatusConflict, "Sale")
	marketer.send("DELETE", "/redirects/sale", "").wants(http.StatusNoContent)
	c.send("DELETE", "/sources/mail", "").wants(http.StatusNoContent)
}

func TestOtherTenantsAreInvisible(t *testing.T) {
	h := open(t)
	source := tracardi.Source{ID: "theirs", Name: "Theirs", Types: []string{"rest"}}
	_, err := workspace.Sources(h.config).Put(t.Context(), "other", workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.Name, Value: source})
	h.must(err)
	c := h.as(auth.Admin)
	c.send("GET", "/sources", "").wants(http.StatusOK, `{"items":[]}`)
	for _, method := range []string{"GET", "DELETE"} {
		c.send(method, "/sources/theirs", "").wants(http.StatusNotFound)
	}
	c.send("PATCH", "/sources/theirs", `{"name":"Mine"}`).wants(http.StatusNotFound)
	c.send("PUT", "/sources/theirs", `{"name":"Mine","types":["rest"]}`).wants(http.StatusNotFound)
}
