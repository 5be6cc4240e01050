package node

import (
	"context"
	"errors"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// Node does one thing in a flow. Its exported fields are its settings, filled once when the flow is published; it keeps nothing
// else between calls.
type Node interface {
	// Run handles one payload that arrived. Many goroutines may call it at once. An error makes the flow go on at the port
	// "error" and stops the node's other branches; the run, the event and the metrics show it.
	Run(ctx context.Context, in *Input) (Output, error)
}

// Checker is a Node whose settings must fit each other in ways that their types don't say.
type Checker interface {
	// Check returns an error of tracardi.InvalidField that names the setting, or nil. It uses no network.
	Check() error
}

// Repeater is a Node that acts and whose settings say whether a second call with the same input does no harm, as Type.Repeatable does
// for all nodes of a type.
type Repeater interface {
	Repeatable() bool
}

// ErrorPort is the port of every node at which a flow goes on after a failure, with {"message": "what failed"}.
const ErrorPort = "error"

// Input is one payload on its way through a node, and all that the node can reach. As expr.Data it answers for the sources
// event, profile, session, payload, flow and memory.
type Input struct {
	Port    string         // at which the payload arrived; empty at the start of a flow
	Edge    string         // name of the edge that it came over; empty for one without a name
	Payload map[string]any // shared with other branches: never change it in place, make another one
	Run
}

// Run is a flow that is running for an event: its documents, what it may say to others, and the outside world.
type Run interface {
	Env

	// Event is what the flow runs for.
	Event() *tracardi.Event
	// Session is the visit; nil when there is none.
	Session() *tracardi.Session
	// Profile is the person; nil when the event has none. Change it with Change, which notes where a value came from.
	Profile() *tracardi.Profile
	// Look reads a path of event, profile, session, flow or memory.
	Look(source string, path expr.Path) (value any, ok bool)
	// Change writes a path of event, profile, session or memory; nil as a value removes it. A field that does not exist, or a
	// value of the wrong type, is an Invalid error.
	Change(source string, path expr.Path, value any) error

	// Respond puts a value into the answer that the sender of the event gets.
	Respond(key string, value any)
	// Show puts a widget into the page that sent the event: {"tag": …, "props": {…}, "content": …}.
	Show(widget map[string]any)
	// Become makes the event over to another person: the stored one that is known by the id, or, when it is empty, a new one
	// without any data. From here on the event is theirs, and so is what nodes read and change as profile; what was changed before
	// stays with the one before, and the session stays whose it is. An unknown id is NotFound. It is an Invalid error after a wait
	// and in the background, for then the event is stored; where another flow waits with the event; and when the person has not
	// given the consents that the flow's trigger asks for.
	Become(ctx context.Context, profileID string) error
	// BeginSession gives the event a new session of its person. It is an Invalid error after a wait and in the background.
	BeginSession() error
	// Raise sends another event of the same profile and session, once this one is stored.
	Raise(event tracardi.NewEvent)
	// Merge asks for other profiles of the person that share the value of a field such as data.contact.email.main.
	Merge(field string)
	// KeepProfile false leaves the changes of the profile unstored, KeepEvent that of the event itself.
	KeepProfile(keep bool)
	KeepEvent(keep bool)
	// Store keeps a thing that is no person, such as a product or a company; under the same id it replaces the one before.
	Store(entity Entity)
	// Discard removes a stored thing.
	Discard(entityID string)
	// Measure adds to a number that the run reports.
	Measure(name string, by float64)
}

// Entity is a thing that is no person: a product, a company, a booking. Records has it as
// {"id": …, "type": …, "properties": {…}, "traits": {…}, "profile": {"id": …}}.
type Entity struct {
	ID         string         // unique; tracardi.EntityID makes it of the type and the name
	Type       string         // such as product
	Properties map[string]any // what is known of it
	Traits     map[string]any // what is made of that
	Profile    string         // id of the person that it belongs to; may be empty
}

// Output is what becomes of a payload. The zero Output passes nothing on.
type Output struct {
	Results []Result
	Wait    *Wait
}

// Result is a payload at an output port.
type Result struct {
	Port    string
	Payload map[string]any // belongs to the flow from now on
}

// To passes a payload on at a port.
func To(port string, payload map[string]any) Output {
	return Output{Results: []Result{{port, payload}}}
}

// And passes another payload on at another port.
func (o Output) And(port string, payload map[string]any) Output {
	o.Results = append(o.Results, Result{port, payload})
	return o
}

// Fail goes on at the error port with a message. Unlike an error of Run, it is a result that the node's user expects, such as a
// refusal by another system: the event is not marked as failed.
func Fail(message string) Output { return To(ErrorPort, map[string]any{"message": message}) }

// Unknown is the error of a node that acts when nobody can tell whether it did, such as a connection that broke before the
// answer. It is not called again by itself: in the background the run then stands until a person decides.
func Unknown(err error) error { return &unknown{err} }

// IsUnknown tells whether an error is one of Unknown.
func IsUnknown(err error) bool {
	_, is := errors.AsType[*unknown](err)
	return is
}

type unknown struct{ error }

// Unwrap returns what went wrong.
func (u *unknown) Unwrap() error { return u.error }

// Wait stops a run at this node. It is stored, survives restarts and goes on exactly once: when an event of the same profile
// matches, or when the time is over.
type Wait struct {
	Until     time.Time       // when it goes on at the latest; zero for at once, in the background
	EventType string          // an event of this type ends the wait; empty with a Condition for any type
	Condition *expr.Condition // that the event must meet; nil for every event of the type
	Matched   string          // port after the event; the payload is then {"event": {…}} over the payload of Result
	Result    Result          // how the run goes on when the time is over
	Again     bool            // when the time is over, Result arrives at the node itself: its port is Input.Port, its payload the payload
}

// Sleep waits and then goes on at a port.
func Sleep(until time.Time, port string, payload map[string]any) Output {
	return Output{Wait: &Wait{Until: until, Result: Result{port, payload}}}
}
