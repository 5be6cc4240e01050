package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

// Pause is a place where a run stands: a node that waits, or one that a worker is to call.
type Pause struct {
	ID      int            `json:"id"` // within the run
	Node    string         `json:"node"`
	Port    string         `json:"port"`    // where it goes on; of a node to call: where the payload arrived
	Payload map[string]any `json:"payload"` // with which it goes on
	Until   time.Time      `json:"until"`   // when it goes on at the latest
	Listed  bool           `json:"listed,omitempty"`

	EventType string `json:"event_type,omitempty"` // of an event that ends it
	Condition string `json:"condition,omitempty"`  // which that event must meet
	Matched   string `json:"matched,omitempty"`    // port after that event
	Again     bool   `json:"again,omitempty"`      // the payload arrives at the node itself when the time is over

	Act      bool          `json:"act,omitempty"`      // a worker calls the node
	Attempts int           `json:"attempts,omitempty"` // that failed so far
	Calling  string        `json:"calling,omitempty"`  // id of an attempt that has begun; it is stored before the call
	Unknown  string        `json:"unknown,omitempty"`  // why nobody knows whether the call was made; a person decides
	Acted    bool          `json:"acted,omitempty"`    // it was called; what follows is what it gave
	Results  []node.Result `json:"results,omitempty"`
	Error    string        `json:"error,omitempty"`
	Changes  []Change      `json:"changes,omitempty"` // that it made to documents
	Next     *Pause        `json:"next,omitempty"`    // that it asked for
}

// Change is a change of a document that was made without holding it.
type Change struct {
	Source string `json:"source"`
	Path   string `json:"path"`
	Value  any    `json:"value"`
}

// ForEvent tells whether an event can end the pause.
func (p *Pause) ForEvent() bool { return p.EventType != "" || p.Condition != "" }

// waiting is the pause that a node asks for.
func waiting(w *node.Wait) Pause {
	p := Pause{Port: w.Result.Port, Payload: w.Result.Payload, Until: w.Until, EventType: w.EventType, Matched: w.Matched, Again: w.Again}
	if w.Condition != nil {
		p.Condition = w.Condition.String()
	}
	return p
}

// pause makes the run stand at a node.
func (r *Run) pause(a *Around, v *Visit, p Pause) {
	r.pauses++
	p.ID, p.Node = r.pauses, v.Node
	if p.Payload == nil {
		p.Payload = map[string]any{}
	}
	var err error
	switch {
	case len(r.Pauses) >= maxPauses:
		err = fmt.Errorf("the run waits at %d places already", maxPauses)
	case p.ForEvent() && a.Host.Profile() == nil:
		err = fmt.Errorf("there is no profile whose events could be waited for")
	case a.Admit != nil:
		err = a.Admit(&p)
	}
	if err != nil {
		r.failed(v, err)
		return
	}
	r.Pauses = append(r.Pauses, p)
}

// Paused returns a pause by its id; nil when the run does not stand there any more.
func (r *Run) Paused(id int) *Pause {
	for i := range r.Pauses {
		if r.Pauses[i].ID == id {
			return &r.Pauses[i]
		}
	}
	return nil
}

// Resume ends a pause and goes on: with the event that ended it, or, when event is nil, because its time has come or its node
// was called. It tells whether the run stood there.
func (r *Run) Resume(ctx context.Context, a *Around, id int, event map[string]any) bool {
	found := r.Paused(id)
	if found == nil {
		return false
	}
	p := *found
	r.drop(id)
	a.wind()
	at, ok := r.Flow.index[p.Node]
	if !ok {
		r.pass(ctx, a)
		return true
	}
	if p.Again && event == nil {
		r.visit(ctx, a, at, p.Port, p.Payload)
		r.pass(ctx, a)
		return true
	}
	r.Trace = append(r.Trace, Visit{Node: p.Node, Input: p.Payload, At: a.at(a.last), Note: NoteWoken, step: at})
	v := &r.Trace[len(r.Trace)-1]
	switch {
	case p.Act && p.Error != "":
		v.Port = p.Port
		r.failed(v, tracardi.Errorf(tracardi.Internal, "%s", p.Error))
	case p.Act:
		v.Port = p.Port
		for _, result := range p.Results {
			r.send(v, result, r.Flow.steps[at].AppendInput)
		}
		if p.Next != nil {
			r.pause(a, v, *p.Next)
		}
	case event != nil:
		payload := maps.Clone(p.Payload)
		payload["event"] = event
		r.send(v, node.Result{Port: p.Matched, Payload: payload}, false)
	default:
		r.send(v, node.Result{Port: p.Port, Payload: p.Payload}, false)
	}
	r.pass(ctx, a)
	return true
}

// Cancel ends all pauses; nothing goes on.
func (r *Run) Cancel() { r.stop() }

func (r *Run) drop(id int) {
	for i := range r.Pauses {
		if r.Pauses[i].ID == id {
			r.Pauses = append(r.Pauses[:i:i], r.Pauses[i+1:]...)
			return
		}
	}
}

// Once tells whether a pause is of a node that must not be called again when nobody knows whether it was called.
func (r *Run) Once(id int) bool {
	at, ok := r.Flow.index[r.Paused(id).Node]
	return ok && r.Flow.steps[at].onlyOnce()
}

// Doubt notes that nobody knows whether the node of a pause was called.
func (r *Run) Doubt(id int, now time.Time, why string) {
	p := r.Paused(id)
	p.Unknown = why
	r.log(now, p.Node, slog.LevelError, "nobody knows whether this was done, and a person must decide: "+why)
}

// Unknown tells whether the run stands at a node of which nobody knows whether it was called.
func (r *Run) Unknown() bool {
	return slices.ContainsFunc(r.Pauses, func(p Pause) bool { return p.Unknown != "" })
}

// What a person decides about a call of which nobody knows whether it was made.
const (
	DecideAgain  = "again"  // call the node again
	DecideDone   = "done"   // it was made: go on with the payload that arrived
	DecideFailed = "failed" // it was not made: go on at the error port
)

// Decide makes a pause whose call is unknown one that goes on. It tells whether there was anything to decide.
func (r *Run) Decide(id int, outcome string) bool {
	p := r.Paused(id)
	if p.Unknown == "" {
		return false
	}
	switch outcome {
	case DecideAgain:
	case DecideFailed:
		p.Acted, p.Error = true, p.Unknown
	case DecideDone:
		p.Acted = true
		if at, ok := r.Flow.index[p.Node]; ok && len(r.Flow.steps[at].kind.Out) > 0 {
			p.Results = []node.Result{{Port: r.Flow.steps[at].kind.Out[0].Name, Payload: p.Payload}}
		}
	default:
		return false
	}
	p.Unknown, p.Calling = "", ""
	return true
}

// Act calls the node of a pause that is to be called, and notes in the pause what it gave. When the call failed and the node's
// switch asks for another one, it returns the time to wait before it, and nothing else changes but the number of attempts. When
// nobody can tell how it ended, the pause is unknown.
func (r *Run) Act(ctx context.Context, a *Around, id int) (again time.Duration) {
	p := r.Paused(id)
	at, ok := r.Flow.index[p.Node]
	if !ok {
		p.Acted, p.Error = true, "the node is not part of the flow any more"
		return 0
	}
	s := &r.Flow.steps[at]
	v := &Visit{Node: p.Node, Port: p.Port, Input: p.Payload, step: at}
	in := r.input(a, v)
	mark, runs, err := s.isNew(ctx, in)
	var out node.Output
	if err == nil && runs {
		out, err = s.once(ctx, in)
		if err == nil && mark != nil {
			if problem := mark(ctx); problem != nil { // the call is made all the same
				in.Warn("that it ran once is forgotten: %v", problem)
			}
		}
	}
	p = r.Paused(id)
	p.Calling = ""
	if err != nil {
		if s.unsure(err) {
			r.Doubt(id, in.Now(), err.Error())
			return 0
		}
		if s.Retry != nil && p.Attempts < s.Retry.Times && worthwhile(err) {
			p.Attempts++
			return s.retryAfter(p.Attempts - 1)
		}
		p.Acted, p.Error = true, err.Error()
		return 0
	}
	p.Acted, p.Results = true, out.Results
	if out.Wait != nil {
		next := waiting(out.Wait)
		p.Next = &next
	}
	return 0
}

// state is what a run needs to go on, as it is stored.
type state struct {
	Memory   map[string]any              `json:"memory,omitempty"`
	Measures map[string]float64          `json:"measures,omitempty"`
	Arrived  map[string][]map[string]any `json:"arrived,omitempty"` // by edge
	Pauses   []Pause                     `json:"pauses,omitempty"`
	Made     int                         `json:"made,omitempty"` // pauses
	Failed   int                         `json:"failed,omitempty"`
	Failure  string                      `json:"failure,omitempty"`
	Broken   string                      `json:"broken,omitempty"`
	Warned   bool                        `json:"warned,omitempty"`
	Trace    json.RawMessage             `json:"trace,omitempty"`
}

// State is all that the run needs to go on.
func (r *Run) State() ([]byte, error) {
	s := state{
		Memory: r.Memory, Measures: r.Measures, Pauses: r.Pauses, Made: r.pauses,
		Failed: r.Failed, Failure: r.Failure, Broken: r.Broken, Warned: r.Warned, Trace: r.AppendTrace(nil),
	}
	for edge, payloads := range r.arrived {
		if len(payloads) > 0 {
			if s.Arrived == nil {
				s.Arrived = map[string][]map[string]any{}
			}
			s.Arrived[r.Flow.edges[edge].ID] = payloads
		}
	}
	return json.Marshal(&s)
}

// Restore makes a run of its stored state.
func (f *Flow) Restore(id string, began time.Time, text []byte) (*Run, error) {
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("read the state of run %q: %w", id, err)
	}
	r := f.Begin(id, began)
	r.Memory, r.Measures, r.Pauses, r.pauses = s.Memory, s.Measures, s.Pauses, s.Made
	r.Failed, r.Failure, r.Broken, r.Warned = s.Failed, s.Failure, s.Broken, s.Warned
	for i := range f.edges {
		r.arrived[i] = append(r.arrived[i], s.Arrived[f.edges[i].ID]...)
	}
	if len(s.Trace) > 0 {
		if err := r.readTrace(s.Trace); err != nil {
			return nil, fmt.Errorf("read the trace of run %q: %w", id, err)
		}
	}
	return r, nil
}

// ParseCondition reads the condition of a pause; nil when it has none.
func (p *Pause) ParseCondition() (*expr.Condition, error) {
	if p.Condition == "" {
		return nil, nil
	}
	return expr.Parse(p.Condition)
}
