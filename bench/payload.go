package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"
)

const sourceID = "bench"

// pageView is a payload as the browser tracker sends it; %s is the session and the profile.
var pageView = compact(`{
	"source": {"id": "` + sourceID + `"},
	"session": {"id": "%s"},
	"profile": %s,
	"context": {
		"time": {"local": "2026-03-27T11:46:48.123Z", "tz": "Europe/Warsaw"},
		"device": {"gpu": {"vendor": {"id": 37445, "name": "Graphics vendor"}, "renderer": {"id": 37446, "renderer": "Renderer (OpenGL 4.1)"}}},
		"browser": {"local": {"browser": {"name": "chrome", "engine": "Gecko", "appVersion": "5.0 (X11; Linux x86_64) AppleWebKit/537.36",
			"userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
			"language": "en-US", "onLine": true, "javaEnabled": false, "cookieEnabled": true}, "device": {"platform": "Linux x86_64"}}},
		"screen": {"local": {"width": 1728, "height": 972, "innerWidth": 1728, "innerHeight": 442, "availWidth": 1728, "availHeight": 948,
			"colorDepth": 24, "pixelDepth": 24, "orientation": "landscape-primary"}},
		"utm": {"source": "newsletter", "medium": "email", "campaign": "spring"}
	},
	"options": {},
	"events": [{
		"type": "page-view",
		"time": {"create": "2026-03-27T11:46:48.100Z"},
		"properties": {"category": "shoes", "position": 7, "list": "new"},
		"context": {"page": {"url": "https://shop.example/shoes?page=2", "path": "/shoes", "hash": "", "title": "Shoes",
			"referer": {"host": "https://search.example", "query": "running shoes"}, "history": {"length": 3}}}
	}]
}`)

func compact(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// newVisitors makes requests of visitors that nobody has seen.
func newVisitors(_, _ int) []byte {
	return fmt.Appendf(make([]byte, 0, 2048), pageView, uuid.NewString(), "null")
}

// returning makes requests of known visitors, one after another.
func returning(sessions []string) maker {
	return func(worker, n int) []byte {
		return fmt.Appendf(make([]byte, 0, 2048), pageView, sessions[(worker*7919+n*127)%len(sessions)], "null")
	}
}

// oneVisitor makes requests that all belong to one session.
func oneVisitor(session string) maker {
	return func(int, int) []byte { return fmt.Appendf(make([]byte, 0, 2048), pageView, session, "null") }
}

// batchMix makes requests of 100 to 200 events of twelve types, as the original's own benchmark does: 200 sessions, persons,
// identities and addresses from fixed pools. The requests are made before the load begins.
type batchMix struct {
	bodies [][]byte
	events []int
}

func newBatchMix(requests int) *batchMix {
	random := rand.New(rand.NewPCG(1, 2))
	mix := &batchMix{}
	sessions := make([]string, 200)
	for i := range sessions {
		sessions[i] = uuid.NewString()
	}
	for range requests {
		events := make([]map[string]any, 100+random.IntN(101))
		for i := range events {
			events[i] = batchEvent(random)
		}
		body, _ := json.Marshal(map[string]any{ // texts, numbers, maps
			"source": map[string]any{"id": sourceID}, "session": map[string]any{"id": sessions[random.IntN(len(sessions))]},
			"profile": map[string]any{"id": uuid.NewString()}, "options": map[string]any{"profile": true}, "events": events,
			"context": map[string]any{
				"time":   map[string]any{"tz": "Europe/Warsaw", "local": "8/26/2021, 9:36:13 PM"},
				"device": map[string]any{"name": "Other", "brand": "Brand", "model": "some new model", "type": "mobile", "touch": false, "resolution": "1920x1080", "color_depth": 24, "orientation": "landscape-primary"},
				"page":   map[string]any{"url": "https://shop.example/a", "path": "/a", "title": "A", "history": map[string]any{"length": random.IntN(20)}},
			},
		})
		mix.bodies = append(mix.bodies, body)
		mix.events = append(mix.events, len(events))
	}
	return mix
}

// total is how many events all requests have.
func (m *batchMix) total() (events int) {
	for _, n := range m.events {
		events += n
	}
	return events
}

func batchEvent(random *rand.Rand) map[string]any {
	person := random.IntN(500)
	email := fmt.Sprintf("person%d@mail.example", random.IntN(1500))
	phone := fmt.Sprintf("+48 600 %06d", person)
	product := map[string]any{
		"product": fmt.Sprintf("Product %d", random.IntN(300)), "category": fmt.Sprintf("Category %d", random.IntN(12)),
		"price": float64(10+random.IntN(99990)) / 100, "number": fmt.Sprintf("ABCD-%08d", random.IntN(1e8)),
	}
	kinds := []struct {
		name       string
		properties map[string]any
	}{
		{"profile-created", map[string]any{}},
		{"session-opened", map[string]any{}},
		{"session-closed", map[string]any{}},
		{"page-view", map[string]any{}},
		{"profile-interest", map[string]any{"interest": []string{"sports", "cooking", "travel", "games", "gardening"}[random.IntN(5)]}},
		{"search", product},
		{"product-details-page-view", product},
		{"product-added-to-basket", product},
		{"checkout-started", map[string]any{"id": random.IntN(999123), "order_id": random.IntN(999123), "value": random.IntN(923), "currency": "USD", "coupon": "10% OFF"}},
		{"sign-up", map[string]any{"firstname": fmt.Sprintf("First%d", person), "lastname": fmt.Sprintf("Last%d", person), "phone": phone, "email": email}},
		{"sign-in", map[string]any{"email": email}},
		{"identification", map[string]any{"firstname": fmt.Sprintf("First%d", person), "lastname": fmt.Sprintf("Last%d", person), "slack": "@Last", "telegram": "@First", "phone": phone, "whatsapp": phone, "email": email}},
	}
	kind := kinds[random.IntN(len(kinds))]
	return map[string]any{"type": kind.name, "properties": kind.properties}
}
