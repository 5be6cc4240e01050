package tracardi

import "time"

// Payload is what one request delivers: one source, one visitor, some events. Every dialect is turned into it.
type Payload struct {
	Source      Ref
	Session     string // id as the client claims it; empty if none
	Profile     string // id as the client claims it; the pipeline decides
	PrimaryID   string
	Referred    string   // profile that another site of ours passed on with the visitor; checked, but not known to exist
	Known       []string // ids that the visitor is known by, the strongest first; made by the edge with the secret, at most 4
	Context     Object   // copied to the session
	Properties  Object   // copied to the session
	Events      []NewEvent
	Options     Options
	ProfileLess bool
	Debug       bool

	ID       string // names the payload in the answer and in logs
	Tenant   string
	Way      string // how it came in: rest, webhook, redirect …
	Received time.Time
	Request  Request
	Hops     int // how many flows sent each other events until this one came
}

// Request is what the edge saw.
type Request struct {
	IP        string
	UserAgent string
	Languages string // Accept-Language
	Headers   Object // lower-case names; without authorization and cookie
}

// Options are the wishes of the sender.
type Options struct {
	SkipSession bool   // saveSession: false
	SkipEvents  bool   // saveEvents: false
	SkipProfile bool   // saveProfile: false
	Debugger    bool   // answer with the ids of the events
	Queued      bool   // async: true: accept now, process later
	Other       Object // unknown options, kept
}

// NewEvent is an event of a payload.
type NewEvent struct {
	ID         string // empty when the client gave none
	Type       string
	Insert     time.Time // zero when the client gave none
	Create     time.Time
	Update     time.Time
	Properties Object
	Context    Object
	Options    Object
	Tags       []string
	Source     string // set on events that the system adds
}

// Answer is what the sender gets back.
type Answer struct {
	Task     string
	UX       []Object
	Response Object
	Events   []string // ids, when the payload asked for them
	Profile  string
	Session  string
	Errors   []string
	Warnings []string
}

// AppendJSON appends the answer in the original's shape.
func (a *Answer) AppendJSON(dst []byte) []byte {
	w := writer(append(dst, '{'))
	w.text("task", a.Task)
	w.name("ux")
	w = append(w, '[')
	for i := range a.UX {
		if i > 0 {
			w = append(w, ',')
		}
		w = a.UX[i].AppendJSON(w)
	}
	w = append(w, ']')
	w.name("response")
	w = a.Response.AppendJSON(w)
	list := func(name string, values []string) {
		w.name(name)
		if values == nil {
			values = []string{}
		}
		w = AppendValue(w, values)
	}
	list("events", a.Events)
	ref := func(name, id string) {
		w.begin(name)
		if id == "" {
			w.name("id")
			w = append(w, "null"...)
		}
		w.text("id", id)
		w.end()
	}
	ref("profile", a.Profile)
	ref("session", a.Session)
	list("errors", a.Errors)
	list("warnings", a.Warnings)
	return append(w, '}')
}
