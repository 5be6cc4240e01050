package api_test

import (
	"net/http"
	"testing"

	"github.com/tracardi/tracardi-go/internal/auth"
)

func TestUsedThingsStay(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	for _, id := range []string{"used", "free"} {
		c.send("POST", "/resources", `{"id":"`+id+`","name":"x","type":"trial","settings":{"host":"a.example"}}`).wants(http.StatusCreated)
		c.send("POST", "/sources", `{"id":"`+id+`","name":"x","types":["rest"]}`).wants(http.StatusCreated)
	}
	c.send("POST", "/flows", `{"id":"f","name":"Letters","draft":{"nodes":[{"id":"m","type":"ai.chat","config":{"resource":{"id":"used","name":"x"}}}]}}`).wants(http.StatusCreated)
	c.send("POST", "/flows", `{"id":"g","name":"Others","draft":{"nodes":[{"id":"m","type":"ai.chat","config":{"resource":"used"}}]}}`).wants(http.StatusCreated)
	c.send("POST", "/triggers", `{"id":"t","name":"Visits","flow":"f","event_type":"x","source":"used"}`).wants(http.StatusCreated)

	c.send("DELETE", "/resources/used", "").wants(http.StatusConflict, `the flow \"Letters\" and the flow \"Others\" use this resource`)
	c.send("DELETE", "/sources/used", "").wants(http.StatusConflict, `the trigger \"Visits\" uses this source`)
	c.send("DELETE", "/flows/f", "").wants(http.StatusConflict, `the trigger \"Visits\" uses this flow`)
	for _, path := range []string{"/resources/free", "/sources/free", "/triggers/t", "/sources/used", "/flows/f", "/flows/g", "/resources/used"} {
		c.send("DELETE", path, "").wants(http.StatusNoContent)
	}
}
