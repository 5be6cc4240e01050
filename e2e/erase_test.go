package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// erasure is what the API says of one.
type erasure struct {
	ID, Status string
	Removed    map[string]int
}

// erasing is a program on which ann, who is to be erased, and bob do the same.
type erasing struct {
	*program
	t    *testing.T
	args []string
	data string
	ann  string // ids of profiles
	bob  string
}

// TestErase erases a person who has visits, events, a thing of her own, a run that waits, lines in the log and a message that was put
// aside, and kills the program again and again meanwhile. Nothing of her is left, nothing brings her back, and everybody else's is
// as it was.
func TestErase(t *testing.T) {
	mixes := []string{""}
	if !onServers() {
		mixes = append(mixes, "redis pulsar elasticsearch")
	}
	for _, mix := range mixes {
		t.Run("on "+mix, func(t *testing.T) {
			var args []string
			if mix != "" {
				args = onMix(t, "erase", mix)
			}
			e := &erasing{t: t, args: append(args, "--refuse-bots"), data: t.TempDir()}
			e.program = start(t, e.data, e.args...)
			e.furnish()
			e.ann, e.bob = e.live("ann"), e.live("bob")
			await(t, "what is sent for later, and two messages to be put aside", func() bool {
				return e.count("events", `type = "later"`) == 2 && e.dead(t) == 2
			})
			bobs := e.of("bob")
			receipt := e.erase()
			for kind, want := range map[string]int{"profile": 1, "session": 3, "run": 2, "log": 1, "entity": 1, "dead_letter": 1} {
				if receipt.Removed[kind] < want {
					t.Errorf("the receipt says %v, want at least %d of %s", receipt.Removed, want, kind)
				}
			}
			if n := receipt.Removed["event"]; n < 6 || n > 60 || receipt.Removed["session"] > 10 || receipt.Removed["profile"] > 1 {
				t.Errorf("the receipt says %v, want 6 to 60 events, and everything counted once", receipt.Removed)
			}
			e.comesAgain()
			await(t, "bob's run to go on", func() bool { return e.count("events", `type = "woken"`) > 0 })
			if n := e.count("events", `type = "woken"`); n != 1 {
				t.Errorf("%d runs went on, want bob's alone", n)
			}
			if now := e.of("bob"); now != bobs {
				t.Errorf("%d events are bob's, want %d", now, bobs)
			}
			if n := e.dead(t); n != 1 {
				t.Errorf("%d messages are put aside, want bob's", n)
			}
			e.isGone()
			if code := e.signal(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if mix == "" && !onServers() {
				e.storeIsClean()
			}
		})
	}
}

// furnish makes the source and the flows: one that waits, one that logs and keeps a thing.
func (e *erasing) furnish() {
	e.t.Helper()
	e.must("POST", "/api/v1/sources", `{"id":"shop","name":"Shop","types":["rest"]}`, nil)
	for id, draft := range map[string]string{
		"wait": `{"nodes":[{"id":"s","type":"control.start"},{"id":"n","type":"control.wait","config":{"wait":20,"event_type":{"id":"woken","name":"Woken"}}}],
			"edges":[{"id":"1","from":"s","port":"payload","to":"n"}]}`,
		"note": `{"nodes":[{"id":"s","type":"control.start"},{"id":"l","type":"control.log","config":{"type":"warning","message":"for {{event@properties.mail}}"}},
			{"id":"k","type":"entity.upsert","config":{"type":"basket","id":"event@properties.mail","properties":{"mail":"event@properties.mail"},"reference_profile":true}}],
			"edges":[{"id":"1","from":"s","port":"payload","to":"l"},{"id":"2","from":"l","port":"payload","to":"k"}]}`,
	} {
		e.must("POST", "/api/v1/flows", fmt.Sprintf(`{"id":%q,"name":%q,"draft":%s}`, id, id, draft), nil)
		e.must("POST", "/api/v1/flows/"+id+"/publish", `{"note":"ready"}`, nil)
		e.must("POST", "/api/v1/triggers", fmt.Sprintf(`{"name":%q,"flow":%q,"event_type":%q}`, id, id, id), nil)
	}
}

// track sends one event and returns the ids of the profile and the session that it was taken for.
func (e *erasing) track(session, profile, event, more string) (string, string) {
	e.t.Helper()
	var answer struct{ Profile, Session struct{ ID string } }
	body := fmt.Sprintf(`{"source":{"id":"shop"},"session":{"id":%q}`, session)
	if profile != "" {
		body += fmt.Sprintf(`,"profile":{"id":%q}`, profile)
	}
	e.must("POST", "/track", body+`,"events":[`+event+`]`+more+`}`, &answer)
	return answer.Profile.ID, answer.Session.ID
}

// live is what somebody does, and returns the id of the profile.
func (e *erasing) live(name string) string {
	e.t.Helper()
	own := fmt.Sprintf(`"properties":{"mail":"%s@example.com","email":"%[1]s@example.com"}`, name)
	id, _ := e.track(name+"-visit-1", "", `{"type":"page-view",`+own+`}`, "")
	e.track(name+"-visit-1", id, `{"type":"sign-in",`+own+`}`, "")
	e.track(name+"-visit-2", id, `{"type":"note",`+own+`}`, "")
	e.track(name+"-visit-2", id, `{"type":"wait",`+own+`}`, "")
	e.track(name+"-visit-3", id, `{"type":"later",`+own+`}`, `,"options":{"async":true}`)
	e.track(name+"-visit-4", id, `{"type":"refused",`+own+`}`,
		`,"options":{"async":true},"context":{"browser":{"local":{"browser":{"userAgent":"Googlebot/2.1"}}}}`)
	return id
}

// of counts the events of somebody's visits, without those that runs have sent.
func (e *erasing) of(name string) int {
	return e.count("events", fmt.Sprintf(`type != "woken" AND session.id IN ["%s-visit-1", "%[1]s-visit-2", "%[1]s-visit-3"]`, name))
}

// erase has ann erased while she goes on, and kills the program all the time.
func (e *erasing) erase() (end erasure) {
	e.t.Helper()
	if status, text := e.ask("DELETE", "/api/v1/profiles/nobody", ""); status != http.StatusNotFound {
		e.t.Errorf("erasing nobody: %d %s", status, text)
	}
	status, text := e.ask("DELETE", "/api/v1/profiles/"+e.ann, "")
	var begun, again erasure
	if err := json.Unmarshal([]byte(text), &begun); err != nil || status != http.StatusAccepted {
		e.t.Fatalf("erasing ann: %d %s", status, text)
	}
	e.track("ann-visit-1", e.ann, `{"type":"page-view"}`, "")
	for range 5 {
		pass(e.t, time.Duration(rand.Int64N(int64(900*time.Millisecond))))
		e.signal(syscall.SIGKILL)
		e.program = start(e.t, e.data, e.args...)
		e.track("ann-visit-2", e.ann, `{"type":"page-view"}`, "")
	}
	await(e.t, "the erasure to be done", func() bool {
		e.must("GET", "/api/v1/erasures/"+begun.ID, "", &end)
		return end.Status == "done"
	})
	if e.must("DELETE", "/api/v1/profiles/"+e.ann, "", &again); again.ID != begun.ID || again.Status != "done" {
		e.t.Errorf("asked again, the erasure is %+v, want %+v", again, end)
	}
	return end
}

// comesAgain has ann's browser send with what it remembers: she is a stranger, one for all that it sends, and what is from the time
// before is not taken.
func (e *erasing) comesAgain() {
	e.t.Helper()
	stranger, visit := e.track("ann-visit-1", e.ann, `{"type":"page-view"}`, "")
	again, same := e.track("ann-visit-1", e.ann, `{"type":"page-view"}`, "")
	if stranger == "" || stranger == e.ann || stranger != again || visit == "ann-visit-1" || visit != same {
		e.t.Errorf("who comes again is %s in %s, then %s in %s; she was %s", stranger, visit, again, same, e.ann)
	}
	e.track("ann-visit-2", e.ann, `{"type":"from-before","time":{"insert":"2020-01-02T03:04:05Z"},"properties":{"mail":"ann@example.com"}}`, "")
	if n := e.count("events", `type = "from-before"`); n != 0 {
		e.t.Errorf("%d events are from before", n)
	}
	if status, text := e.ask("GET", "/api/v1/profiles/"+stranger, ""); status != http.StatusOK || e.names(text) {
		e.t.Errorf("the stranger: %d %s", status, text)
	}
}

// names tells whether a text has something of ann.
func (e *erasing) names(text string) bool {
	return strings.Contains(text, e.ann) || strings.Contains(text, "ann-visit") || strings.Contains(text, "ann@example.com")
}

// isGone asks the API for ann.
func (e *erasing) isGone() {
	e.t.Helper()
	for _, path := range []string{"profiles/" + e.ann, "sessions/ann-visit-1", "sessions/ann-visit-2", "sessions/ann-visit-3"} {
		if status, text := e.ask("GET", "/api/v1/"+path, ""); status != http.StatusNotFound {
			e.t.Errorf("%s: %d %s", path, status, text)
		}
	}
	for _, list := range []string{"profiles", "sessions", "events", "entities", "runs", "queue/collected/dead", "queue/flow/dead", "queue/erase/dead"} {
		if status, text := e.ask("GET", "/api/v1/"+list, ""); status != http.StatusOK || e.names(text) {
			e.t.Errorf("%s: %d %s", list, status, text)
		}
	}
}

// storeIsClean looks for ann in every document of the stopped program, and into its log.
func (e *erasing) storeIsClean() {
	e.t.Helper()
	store, err := pebble.Open(e.t.Context(), filepath.Join(e.data, "records"), pebble.Options{})
	if err != nil {
		e.t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			e.t.Error(err)
		}
	}()
	for _, schema := range storage.Schemas {
		bobs := 0
		for doc, err := range store.Scan(e.t.Context(), "default", schema.Collection, storage.Query{}) {
			if err != nil {
				e.t.Fatal(err)
			}
			if text := string(doc.Body); e.names(text) || e.names(doc.ID) {
				e.t.Errorf("%s: %s", schema.Collection, text)
			} else if strings.Contains(text, e.bob) {
				bobs++
			}
		}
		switch schema.Collection {
		case storage.Profiles, storage.Sessions, storage.Events, storage.Runs, storage.Logs, storage.Entities:
			if bobs == 0 {
				e.t.Errorf("nothing of bob is in %s: the search for ann means nothing", schema.Collection)
			}
		}
	}
}

// TestPrivacyPage follows docs/privacy.md.
func TestPrivacyPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "privacy.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("(?s)```http\n([A-Z]+) (\\S+)\n```\n\n```json\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(commands) != 2 || strings.Count(string(page), "```") != 8 {
		t.Fatalf("%d of the snippets are requests with their answers", len(commands))
	}
	p := start(t, t.TempDir())
	p.must("POST", "/api/v1/sources", `{"id":"shop","name":"Shop","types":["rest"]}`, nil)
	var answer struct{ Profile struct{ ID string } }
	p.must("POST", "/track", `{"source":{"id":"shop"},"session":{"id":"s"},"events":[{"type":"page-view"}]}`, &answer)
	id := ""
	for _, command := range commands {
		var shown, got map[string]any
		if err := json.Unmarshal([]byte(command[3]), &shown); err != nil {
			t.Fatal(err)
		}
		path := strings.NewReplacer("PROFILE", answer.Profile.ID, "ERASURE", id).Replace(command[2])
		await(t, command[2]+" to answer as the page says", func() bool {
			p.must(command[1], path, "", &got)
			return got["status"] == shown["status"]
		})
		for name := range shown {
			if _, there := got[name]; !there {
				t.Errorf("%s answers without %s: %v", command[2], name, got)
			}
		}
		id, _ = got["id"].(string)
	}
}
