package tracardi

import "time"

// Entity is a thing that events speak of and people have to do with, such as the company of a group call.
type Entity struct {
	ID         string         `json:"id"` // its type and its name, such as group:acme
	Type       string         `json:"type"`
	Metadata   EntityMetadata `json:"metadata"`
	Properties Object         `json:"properties"` // its name, as id
	Traits     Object         `json:"traits"`
	Profile    Ref            `json:"profile"` // the person that it belongs to, if it does

	Version uint64 `json:"-"` // of the stored document; 0 when it is not stored yet
}

// EntityMetadata says when an entity was made and changed.
type EntityMetadata struct {
	Time EntityTime `json:"time"`
}

// EntityTime holds when an entity was made and changed.
type EntityTime struct {
	Insert time.Time `json:"insert"`
	Update time.Time `json:"update"`
}

// EntityID is the id of what has a name among the entities of a type.
func EntityID(kind, name string) string { return kind + ":" + name }

// NewEntity makes an entity.
func NewEntity(kind, name string, now time.Time) *Entity {
	e := &Entity{ID: EntityID(kind, name), Type: kind}
	e.Metadata.Time = EntityTime{Insert: now, Update: now}
	e.Properties.Set(name, "id")
	return e
}

// AppendJSON appends the stored form of the entity.
func (e *Entity) AppendJSON(dst []byte) []byte {
	w := writer(append(dst, '{'))
	w.text("id", e.ID)
	w.text("type", e.Type)
	w.begin("metadata")
	w.begin("time")
	w.time("insert", e.Metadata.Time.Insert)
	w.time("update", e.Metadata.Time.Update)
	w.end()
	w.end()
	w.object("properties", &e.Properties)
	w.object("traits", &e.Traits)
	if e.Profile.ID != "" {
		w.begin("profile")
		w.text("id", e.Profile.ID)
		w.end()
	}
	return append(w, '}')
}
