package storage

import "github.com/tracardi/tracardi-go/expr"

// Collection names a kind of document.
type Collection string

// The collections.
const (
	Events     Collection = "event"
	Sessions   Collection = "session"
	Profiles   Collection = "profile"
	Entities   Collection = "entity"
	Logs       Collection = "log"
	Deliveries Collection = "delivery"
	Runs       Collection = "run"      // of flows: those that wait, and traces
	Tallies    Collection = "tally"    // how often the nodes of flows ran, by hour
	Schedules  Collection = "schedule" // when triggers were due last
	Erasures   Collection = "erasure"  // of people, with their receipts
	Tombstones Collection = "tombstone"
)

// Schema says how a collection is kept and found. From it each engine makes what it needs: index keys, mappings, counters.
type Schema struct {
	Collection Collection
	Immutable  bool        // written once, found by time, dropped by age
	Time       expr.Path   // the field of Doc.Time
	Keys       []KeyField  // fields by which documents are found at once
	Groups     []expr.Path // fields of immutable documents whose counts by hour are kept up to date by the commit
}

// KeyField is a field with an index. Of a plain field the index answers = and IN, of a list CONTAINS.
type KeyField struct {
	Path expr.Path
	List bool // the field is a list of texts, each of which is a key

	// Identity says that documents are looked up by the key to be written, and that few share one: a search by it sees every
	// document that is durable, also on engines whose other searches see it only a moment later.
	Identity bool
}

func key(path string) KeyField     { return KeyField{Path: expr.MustPath(path)} }
func listKey(path string) KeyField { return KeyField{Path: expr.MustPath(path), List: true} }

func (k KeyField) identity() KeyField {
	k.Identity = true
	return k
}

var insertTime = expr.MustPath("metadata.time.insert")

// Schemas lists every collection. A new kind of record is an entry here and a typed view; no engine changes.
var Schemas = []Schema{
	{
		Collection: Events, Immutable: true, Time: insertTime,
		Keys:   []KeyField{key("profile.id"), key("session.id")},
		Groups: []expr.Path{expr.MustPath("type"), expr.MustPath("source.id")},
	},
	{Collection: Sessions, Time: insertTime, Keys: []KeyField{key("profile.id")}},
	{Collection: Profiles, Time: insertTime, Keys: []KeyField{listKey("ids").identity(), key("data.contact.email.main").identity()}},
	{Collection: Entities, Time: insertTime, Keys: []KeyField{key("profile.id"), key("type")}},
	{
		Collection: Logs, Immutable: true, Time: expr.MustPath("date"),
		Keys:   []KeyField{key("event_id"), key("profile_id")},
		Groups: []expr.Path{expr.MustPath("level"), expr.MustPath("origin")},
	},
	{Collection: Deliveries, Time: insertTime, Keys: []KeyField{key("destination.id"), key("event.id")}},
	{Collection: Runs, Time: insertTime, Keys: []KeyField{key("profile.id"), key("flow.id"), key("status")}},
	{Collection: Tallies, Time: insertTime, Keys: []KeyField{key("flow.id")}},
	{Collection: Schedules, Time: insertTime},
	{Collection: Erasures, Time: insertTime},
	{Collection: Tombstones, Time: insertTime},
}

// SchemaOf returns the schema of a collection. It panics on a name that is not listed: collections are code, not input.
func SchemaOf(c Collection) *Schema {
	for i := range Schemas {
		if Schemas[i].Collection == c {
			return &Schemas[i]
		}
	}
	panic("storage: no schema for collection " + string(c))
}
