package storagetest

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsCommitTests = []recordsTest{
	{"what was committed comes back", recordsRoundTrip},
	{"an empty change set is fine", recordsEmptySet},
	{"messages go out with their change set, and alone", recordsMessages},
	{"a refused change set leaves no trace", recordsRefused},
	{"a version that is not stored is a conflict", recordsVersions},
	{"a change set writes a document once", recordsTwice},
	{"change sets on one document keep their order", recordsChain},
	{"a refused change set does not stop those behind it", recordsRefusedAmongOthers},
	{"a unique id is stored once", recordsUnique},
	{"reads see what is durable", recordsReadYourWrites},
	{"a document belongs to the caller", recordsOwnership},
	{"keys and groups may be given", recordsGivenKeys},
	{"documents survive the end of the process", recordsDurable},
}

// visit is a change set like those of the platform: what one payload changes.
func visit(n int) []storage.Write {
	at, id := noon.Add(time.Duration(n)*time.Second), strconv.Itoa(n)
	session := record(storage.Sessions, "s"+id, at, members{"profile": members{"id": "p" + id}})
	entity := record(storage.Entities, "n"+id, at, members{"type": "house", "profile": members{"id": "p" + id}})
	delivery := record(storage.Deliveries, "d"+id, at, members{"event": members{"id": "a" + id}})
	return []storage.Write{
		event("a"+id, at, members{"type": "page-view", "profile": members{"id": "p" + id}}),
		event("b"+id, at.Add(time.Millisecond), members{"type": "purchase", "properties": members{"price": 12.5}}),
		profile("p"+id, 0, at, members{"ids": []string{"p" + id}, "traits": members{"name": "Ann"}}),
		session, entity, delivery,
		record(storage.Logs, "l"+id, at, members{"level": "info", "message": "seen"}),
	}
}

func recordsRoundTrip(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	set := visit(1)
	rs.store(t, s, acme, set...)
	for _, w := range set {
		sameDocs(t, "read "+string(w.Collection), read(t, s, acme, w.Collection, w.Doc.ID), []storage.Doc{stored(w)})
		page := search(t, s, acme, w.Collection, find(t, fmt.Sprintf("id = %q", w.Doc.ID)))
		sameDocs(t, "search "+string(w.Collection), page.Docs, []storage.Doc{stored(w)})
	}
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 2)
	same(t, "profiles", count(t, s, acme, storage.Profiles, storage.Query{}), 1)
}

func recordsMessages(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	queue := rs.Queue(s)
	waiting := func() int64 {
		depth, err := queue.Depth(t.Context(), acme, "deliver")
		ok(t, err)
		return depth.Ready
	}
	publish := func(id string, writes ...storage.Write) error {
		message := storage.Message{Topic: "deliver", ID: id, Key: "k", Body: []byte("{}")}
		ctx, cancel := context.WithTimeout(t.Context(), rs.suite.Patience)
		defer cancel()
		return s.Commit(&storage.ChangeSet{Tenant: acme, Writes: writes, Publish: []storage.Message{message}}).Wait(ctx)
	}
	ok(t, publish("with writes", visit(1)...))
	rs.eventually(t, "the message of a visit is in the queue", func() bool { return waiting() == 1 })
	ok(t, publish("alone"))
	rs.eventually(t, "the message without a document is in the queue", func() bool { return waiting() == 2 })
	wantKind(t, publish("refused", visit(1)...), tracardi.Conflict)
	ok(t, publish("behind it"))
	rs.eventually(t, "the message behind that of a refused change set is in the queue", func() bool { return waiting() == 3 })
}

func recordsEmptySet(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	ok(t, commit(s, acme))
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 0)
}

func recordsRefused(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	first := visit(1)
	rs.store(t, s, acme, first...)
	second := visit(2)
	stale := profile("p1", 0, noon, members{"traits": members{"name": "Eve"}})
	for at := range len(second) + 1 {
		set := append(append(append([]storage.Write{}, second[:at]...), stale), second[at:]...)
		wantKind(t, commit(s, acme, set...), tracardi.Conflict)
	}
	rs.refresh(t, s)
	for _, w := range second {
		sameDocs(t, "refused "+string(w.Collection), read(t, s, acme, w.Collection, w.Doc.ID), []storage.Doc{{ID: w.Doc.ID}})
	}
	for _, c := range storage.Schemas {
		want := int64(0)
		for _, w := range first {
			if w.Collection == c.Collection {
				want++
			}
		}
		same(t, "number of "+string(c.Collection), count(t, s, acme, c.Collection, storage.Query{}), want)
	}
	sameDocs(t, "profile", read(t, s, acme, storage.Profiles, "p1"), []storage.Doc{stored(first[2])})
	rs.store(t, s, acme, second...)
	same(t, "events at last", count(t, s, acme, storage.Events, storage.Query{}), 4)
}

func recordsVersions(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	made := profile("made", 0, noon, nil)
	made.Doc.Made = true
	ok(t, commit(s, acme, made))
	wantKind(t, commit(s, acme, profile("made", 0, noon, nil)), tracardi.Conflict)
	ok(t, commit(s, acme, profile("made", 1, noon, nil)))
	for _, c := range []storage.Collection{storage.Profiles, storage.Sessions, storage.Entities, storage.Deliveries} {
		write := func(version uint64, mark string) storage.Write {
			w := record(c, "x", noon, members{"mark": mark})
			w.Doc.Version = version
			return w
		}
		wantKind(t, commit(s, acme, write(1, "no document yet")), tracardi.Conflict)
		ok(t, commit(s, acme, write(0, "first")))
		wantKind(t, commit(s, acme, write(0, "exists")), tracardi.Conflict)
		wantKind(t, commit(s, acme, write(2, "ahead")), tracardi.Conflict)
		ok(t, commit(s, acme, write(1, "second")))
		wantKind(t, commit(s, acme, write(1, "behind")), tracardi.Conflict)
		sameDocs(t, string(c), read(t, s, acme, c, "x"), []storage.Doc{stored(write(1, "second"))})
	}
}

func recordsTwice(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	wantKind(t, commit(s, acme, profile("p", 0, noon, nil), profile("p", 0, noon, nil)), tracardi.Conflict)
	twin := event("e", noon, nil)
	twin.Doc.Unique = true
	wantKind(t, commit(s, acme, twin, twin), tracardi.Conflict)
	sameDocs(t, "profile", read(t, s, acme, storage.Profiles, "p"), []storage.Doc{{ID: "p"}})
	sameDocs(t, "event", read(t, s, acme, storage.Events, "e"), []storage.Doc{{ID: "e"}})
}

func recordsChain(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	const length = 100
	var tickets []storage.Ticket
	for i := range uint64(length) {
		set := &storage.ChangeSet{Tenant: acme, Writes: []storage.Write{
			profile("p", i, noon, members{"step": i}), event("e"+strconv.FormatUint(i, 10), noon.Add(time.Duration(i)*time.Second), nil),
		}}
		tickets = append(tickets, s.Commit(set))
	}
	for _, ticket := range tickets {
		ok(t, ticket.Wait(t.Context()))
	}
	rs.refresh(t, s)
	same(t, "version", read(t, s, acme, storage.Profiles, "p")[0].Version, length)
	same(t, "profiles", count(t, s, acme, storage.Profiles, storage.Query{}), 1)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), length)
	same(t, "profiles listed", len(searchAll(t, s, acme, storage.Profiles, storage.Query{})), 1)
}

func recordsRefusedAmongOthers(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	send := func(version uint64, mark string) storage.Ticket {
		return s.Commit(&storage.ChangeSet{Tenant: acme, Writes: []storage.Write{
			profile("p", version, noon, members{"mark": mark}), event(mark, noon, nil),
		}})
	}
	good, stale, next := send(0, "good"), send(0, "stale"), send(1, "next")
	ok(t, good.Wait(t.Context()))
	wantKind(t, stale.Wait(t.Context()), tracardi.Conflict)
	ok(t, next.Wait(t.Context()))
	rs.refresh(t, s)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 2)
	sameDocs(t, "profile", read(t, s, acme, storage.Profiles, "p"), []storage.Doc{stored(profile("p", 1, noon, members{"mark": "next"}))})
}

func recordsUnique(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	unique := func(c storage.Collection, mark string) storage.Write {
		w := record(c, "x", noon, members{"mark": mark})
		w.Doc.Unique = true
		return w
	}
	ok(t, commit(s, acme, unique(storage.Events, "first")))
	wantKind(t, commit(s, acme, unique(storage.Events, "second")), tracardi.Conflict)
	wantKind(t, commit(s, acme, event("y", noon, nil), unique(storage.Events, "third")), tracardi.Conflict)
	ok(t, commit(s, acme, unique(storage.Logs, "first")))
	ok(t, commit(s, "other", unique(storage.Events, "first")))
	sameDocs(t, "events", read(t, s, acme, storage.Events, "x", "y"), []storage.Doc{stored(unique(storage.Events, "first")), {ID: "y"}})

	var tickets []storage.Ticket
	for i := range 20 {
		w := record(storage.Events, "z", noon, members{"mark": i})
		w.Doc.Unique = true
		tickets = append(tickets, s.Commit(&storage.ChangeSet{Tenant: acme, Writes: []storage.Write{w}}))
	}
	ok(t, tickets[0].Wait(t.Context()))
	for _, ticket := range tickets[1:] {
		wantKind(t, ticket.Wait(t.Context()), tracardi.Conflict)
	}
	rs.refresh(t, s)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 2)

	n, err := s.Delete(t.Context(), acme, storage.Events, []string{"x"})
	ok(t, err)
	same(t, "deleted", n, 1)
	ok(t, commit(s, acme, unique(storage.Events, "again")))
}

func recordsReadYourWrites(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for i := range 30 {
		set := visit(i)
		ok(t, commit(s, acme, set...))
		for _, w := range set {
			sameDocs(t, "read", read(t, s, acme, w.Collection, w.Doc.ID), []storage.Doc{stored(w)})
		}
		rs.refresh(t, s)
		same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), int64(2*i+2))
		same(t, "found", len(search(t, s, acme, storage.Sessions, find(t, `profile.id = "p`+strconv.Itoa(i)+`"`)).Docs), 1)
		n, err := s.Delete(t.Context(), acme, storage.Logs, []string{"l" + strconv.Itoa(i)})
		ok(t, err)
		same(t, "deleted", n, 1)
	}
}

func recordsOwnership(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	set := visit(1)
	want := make([]storage.Doc, len(set))
	tickets := make([]storage.Ticket, len(set))
	for i, w := range set {
		want[i] = stored(w)
		want[i].Body = append([]byte(nil), w.Doc.Body...)
		tickets[i] = s.Commit(&storage.ChangeSet{Tenant: acme, Writes: []storage.Write{w}})
		clear(w.Doc.Body)
	}
	for i, w := range set {
		ok(t, tickets[i].Wait(t.Context()))
		got := read(t, s, acme, w.Collection, w.Doc.ID)
		sameDocs(t, "document", got, want[i:i+1])
		clear(got[0].Body)
		sameDocs(t, "document after the reader changed its own", read(t, s, acme, w.Collection, w.Doc.ID), want[i:i+1])
	}
}

func recordsGivenKeys(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	given := event("a", noon, members{"type": "buy", "source": members{"id": "web"}, "profile": members{"id": "p"}, "session": members{"id": "s"}})
	given.Doc.Keys = []storage.Key{{Field: 0, Value: "p"}, {Field: 1, Value: "s"}}
	given.Doc.Groups = []string{"buy", "web"}
	read := given
	read.Doc.ID, read.Doc.Keys, read.Doc.Groups = "b", nil, nil
	read.Doc.Body = event("b", noon, members{"type": "buy", "source": members{"id": "web"}, "profile": members{"id": "p"}, "session": members{"id": "s"}}).Doc.Body
	rs.store(t, s, acme, given, read)
	for _, text := range []string{`profile.id = "p"`, `session.id = "s"`, `profile.id = "p" AND session.id IN ["s", "t"]`} {
		same(t, text, count(t, s, acme, storage.Events, find(t, text)), 2)
	}
	same(t, "types", top(t, s, acme, storage.Events, storage.Query{}, "type", 5), []storage.Value{{Value: "buy", Count: 2}})
	same(t, "sources", top(t, s, acme, storage.Events, storage.Query{}, "source.id", 5), []storage.Value{{Value: "web", Count: 2}})
}

func recordsDurable(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for i := range 20 {
		ok(t, s.Commit(&storage.ChangeSet{Tenant: acme, Writes: visit(i)}).Wait(context.Background()))
	}
	ok(t, commit(s, acme, profile("p3", 1, noon, members{"traits": members{"name": "Bob"}})))
	s = rs.reopen(t, s)
	rs.refresh(t, s)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 40)
	same(t, "events of one profile", count(t, s, acme, storage.Events, find(t, `profile.id = "p3"`)), 1)
	same(t, "profile", read(t, s, acme, storage.Profiles, "p3")[0].Version, 2)
	same(t, "by name", count(t, s, acme, storage.Profiles, find(t, `traits.name = "Bob"`)), 1)
	ok(t, commit(s, acme, visit(20)...))
	wantKind(t, commit(s, acme, visit(19)...), tracardi.Conflict)
	rs.refresh(t, s)
	same(t, "events after another visit", count(t, s, acme, storage.Events, storage.Query{}), 42)
}
