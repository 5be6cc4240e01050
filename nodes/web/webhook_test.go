package web_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tracardi/tracardi-go/node/nodetest"
)

// TestWebhookIsSigned checks messages as receivers do.
func TestWebhookIsSigned(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["hook"] = map[string]any{"url": "https://hook.example.com/in", "secret": secret}
	f.Time = time.Now() // receivers refuse old messages
	verifier, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, payload := range []string{`{"b": 1, "a": "ü<"}`, `{"b": 1, "a": "ü<"}`, `{"b": 2}`} {
		got, out := send(t, f, "web.webhook", `{"receiver": "hook"}`, payload)
		if got.method != "POST" || got.url != "https://hook.example.com/in" || out.Results[0].Port != "response" {
			t.Errorf("sent %v, goes on with %v", got, out)
		}
		if err := verifier.Verify([]byte(got.body), got.header); err != nil {
			t.Error(err)
		}
		got.has(t, map[string]string{"Content-Type": "application/json", "Webhook-Timestamp": strconv.FormatInt(f.Time.Unix(), 10)})
		ids[got.header.Get("Webhook-Id")] = true
		if !strings.HasPrefix(got.body, `{"type":"page-view","timestamp":"2026-03-02T10:29:59Z","data":{`) {
			t.Errorf("body %s", got.body)
		}
		f.Time = f.Time.Add(time.Second) // such as a later attempt
	}
	if len(ids) != 2 {
		t.Errorf("two messages, one sent twice, have the ids %v", ids)
	}
}
