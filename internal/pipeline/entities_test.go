package pipeline_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// group is a payload with group events of some properties.
func group(session string, properties ...string) string {
	events := make([]string, len(properties))
	for i, p := range properties {
		events[i] = `{"type":"Group","properties":` + p + `}`
	}
	return fmt.Sprintf(`{"source":{"id":"shop"},"session":{"id":%q},"events":[%s]}`, session, strings.Join(events, ","))
}

func TestGroups(t *testing.T) {
	r := newRoad(t)
	answer := r.send(t, group("s1", `{"id":"acme","traits":{"name":"Acme","size":10,"old":true}}`, `{"id":7}`, `{"id":"acme","traits":{"size":11,"old":null}}`))
	r.send(t, group("s2", `{"id":"acme","traits":{"plan":{"name":"pro"}}}`))
	var entity tracardi.Entity
	r.document(t, storage.Entities, "group:acme", &entity)
	if got := string(entity.Traits.AppendJSON(nil)); got != `{"name":"Acme","plan":{"name":"pro"},"size":11}` || entity.Properties.Text("id") != "acme" || entity.Type != "group" {
		t.Errorf("entity %+v", entity)
	}
	if entity.Metadata.Time.Insert.IsZero() || entity.Metadata.Time.Update.Before(entity.Metadata.Time.Insert) {
		t.Errorf("times %+v", entity.Metadata.Time)
	}
	for query, want := range map[string]int64{`type = "group"`: 2, `properties.id = "acme"`: 1, `traits.plan.name = "pro"`: 1} {
		if n := r.count(t, storage.Entities, query); n != want {
			t.Errorf("%d entities with %s, want %d", n, query, want)
		}
	}
	if n := r.count(t, storage.Profiles, `data.identifier.groups CONTAINS "acme"`); n != 2 {
		t.Errorf("%d profiles belong to the group, want 2", n)
	}
	if n := r.count(t, storage.Profiles, fmt.Sprintf(`id = %q AND data.identifier.groups CONTAINS 7`, answer.Profile)); n != 1 {
		t.Errorf("%d profiles belong to both groups, want 1", n)
	}
}

func TestGroupsThatHaveNoName(t *testing.T) {
	r := newRoad(t)
	answer := r.send(t, group("s1", `{}`, `{"id":{}}`, `{"id":"`+strings.Repeat("x", 201)+`"}`, `{"id":"good","traits":"none"}`))
	if len(answer.Warnings) != 3 {
		t.Errorf("warnings: %q", answer.Warnings)
	}
	if n := r.count(t, storage.Entities, ""); n != 1 {
		t.Errorf("%d entities, want 1", n)
	}
	if n := r.count(t, storage.Events, `type = "group"`); n != 4 {
		t.Errorf("%d events, want 4", n)
	}
}

func TestManyMembersAtOnce(t *testing.T) {
	r := newRoad(t)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			for n := range 4 {
				r.send(t, group(fmt.Sprintf("s%d", i), fmt.Sprintf(`{"id":"a","traits":{"t%d-%d":1}}`, i, n), `{"id":"b"}`))
			}
		})
	}
	all.Wait()
	var entity tracardi.Entity
	r.document(t, storage.Entities, "group:a", &entity)
	if n := len(entity.Traits.Map()); n != 128 {
		t.Errorf("%d traits, want 128: a member's words were lost", n)
	}
}
