package tracardi

import "slices"

// DefaultTenant is the tenant of an installation that has only one.
const DefaultTenant = "default"

// Ref points to something by its id.
type Ref struct {
	ID string `json:"id"`
}

// Source types, as the original names them.
const (
	SourceREST     = "rest"
	SourceWebhook  = "webhook"
	SourceRedirect = "redirect"
	SourceInternal = "internal"

	SourceSegment     = "segment"
	SourceRudderStack = "rudderstack"
)

// Source is a registered origin of events.
type Source struct {
	ID          string   `json:"id" doc:"Names the source in payloads and snippets. Kept when given, made when not." pattern:"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$" required:"false"`
	Name        string   `json:"name" minLength:"1" maxLength:"200"`
	Description string   `json:"description,omitempty" maxLength:"2000"`
	Types       []string `json:"types" minItems:"1" doc:"Ways in: rest, webhook, redirect, segment, rudderstack, and one of the brokers of GET /bridges, such as kafka."`
	Channel     string   `json:"channel,omitempty" doc:"Copied to sessions and events, such as Web."`
	Enabled     bool     `json:"enabled"`
	Tags        []string `json:"tags,omitempty"`

	Transitional bool     `json:"transitional,omitempty" doc:"Profiles change, sessions and events are not kept."`
	StaticIDs    bool     `json:"static_profile_id,omitempty" doc:"An unknown profile id of a payload becomes the new profile's id. Only for sources that you trust."`
	Queued       bool     `json:"queued,omitempty" doc:"Accept now, process later: the answer carries no profile."`
	RespectDNT   bool     `json:"respect_dnt,omitempty" doc:"The tracker stays silent for visitors who ask not to be tracked."`
	Origins      []string `json:"origins,omitempty" doc:"Web origins, such as https://shop.example, that may send with cookies."`
	RateLimit    int      `json:"rate_limit,omitempty" minimum:"0" doc:"Requests a second; 0 for no limit."`
	WriteKey     string   `json:"write_key,omitempty" doc:"The key for clients of other protocols. It names the source and gives no right to read."`

	// What is read from a broker, by a bridge.
	Bridge    map[string]any `json:"bridge,omitempty" doc:"For a source that reads from a broker: the settings, as the schema of its kind in GET /bridges says."`
	EventType string         `json:"event_type,omitempty" maxLength:"200" doc:"Type of the events that messages become which name none: the message is then the properties."`

	// The webhook and messages of brokers: which property of the event names the profile, and whether the session follows from it.
	ProfileFrom   string `json:"profile_from,omitempty" doc:"Path of the property that becomes the profile's id, such as properties.customer.id."`
	IdentifyBy    bool   `json:"generate_profile,omitempty" doc:"Derive the profile's id from a merge field such as the e-mail address."`
	StickySession bool   `json:"sticky_session,omitempty" doc:"Derive the session's id from the profile's."`
}

// SourceTypes are the ways in that need no bridge, as people may choose them.
var SourceTypes = []string{SourceREST, SourceWebhook, SourceRedirect, SourceSegment, SourceRudderStack}

// Accepts tells whether events may come in this way.
func (s *Source) Accepts(way string) bool { return slices.Contains(s.Types, way) }

// Redirect is an address that records an event and sends the visitor on.
type Redirect struct {
	ID          string         `json:"id" required:"false"`
	Name        string         `json:"name" minLength:"1"`
	Description string         `json:"description,omitempty"`
	URL         string         `json:"url" format:"uri"`
	Source      Ref            `json:"source"`
	EventType   string         `json:"event_type" minLength:"1"`
	Props       map[string]any `json:"props,omitempty" doc:"Properties of the event: a template over payload@params and payload@body."`
	Tags        []string       `json:"tags,omitempty"`
}
