package flow

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Limits of a run.
const (
	maxVisits = 1000 // nodes that it calls, over all of its life
	maxLines  = 100  // that it logs
	maxPauses = 100  // at once
)

// Run is one way of an event through a flow. It belongs to one goroutine at a time.
type Run struct {
	ID    string
	Flow  *Flow
	Began time.Time

	Memory   map[string]any
	Measures map[string]float64
	Pauses   []Pause // where it stands and waits
	Trace    []Visit // of nodes, in the order in which they were called
	Lines    []Line  // that were logged since the run was begun or restored

	Failed  int    // visits that ended with an error
	Failure string // of the first of them
	Broken  string // id of its node
	Warned  bool
	Stopped bool // a failure ended the whole run

	arrived [][]map[string]any // payloads that wait at the end of each edge
	pauses  int                // made so far
	inputs  []input            // room for the next calls, made at once
}

// Visit is one call of a node.
type Visit struct {
	Node    string         `json:"node"`
	Port    string         `json:"port,omitempty" doc:"Where the payload arrived."`
	Input   map[string]any `json:"input"`
	Results []node.Result  `json:"-"`
	At      time.Time      `json:"at"`
	Seconds float64        `json:"seconds"`
	Error   string         `json:"error,omitempty"`
	Note    string         `json:"note,omitempty" doc:"Why it was not run: skipped, blocked, unchanged, pinned; or what it does: waits, background."`

	step int
}

// What a visit notes when the node was not simply run.
const (
	NoteSkipped    = "skipped"    // a switch says so; the payload went on
	NoteBlocked    = "blocked"    // a switch says so; nothing went on
	NoteUnchanged  = "unchanged"  // it runs once for each value
	NotePinned     = "pinned"     // a test gave the output
	NoteWaits      = "waits"      // it goes on later
	NoteBackground = "background" // a worker runs it
	NoteWoken      = "woken"      // it goes on now
)

// Line is a line that a node logged.
type Line struct {
	Node    string
	Level   slog.Level
	Message string
	At      time.Time
}

// Around is what a run meets on its way.
type Around struct {
	Host node.Run // its documents and the outside world
	// Memo remembers what nodes that act gave, over the attempts at one payload; nil for nothing.
	Memo *Memo
	// Test makes nodes that act give what they are told instead of running; nil for the real thing.
	Test *Test
	// Admit refuses a pause for which there is no room; nil for none.
	Admit func(p *Pause) error
	// Abandoned says that the host begins again with the payload: nothing more is called.
	Abandoned bool

	call  int       // of a node, counted for the memo
	edge  string    // name of the edge that the payload of the call came over
	began time.Time // by the machine's clock
	last  time.Time // the end of the visit before
}

// Test says how a run that changes nothing outside goes.
type Test struct {
	Pins map[string]node.Output // node id → what it gives instead of running
	From string                 // node at which it begins; empty for the flow's own beginnings
	Port string                 // at which the input arrives there
	With map[string]any         // the input there
}

// at is a moment of the machine's clock by the clock of the host, which tests turn.
func (a *Around) at(moment time.Time) time.Time { return a.Host.Now().Add(moment.Sub(a.began)) }

// wind sets the machine's clock to now.
func (a *Around) wind() {
	a.last = time.Now()
	if a.began.IsZero() {
		a.began = a.last
	}
}

// Begin makes a run of the flow that has not started.
func (f *Flow) Begin(id string, at time.Time) *Run {
	r := &Run{ID: id, Flow: f, Began: at, arrived: make([][]map[string]any, len(f.edges)), Trace: make([]Visit, 0, len(f.steps))}
	room := make([]map[string]any, len(f.edges)) // most edges bring one payload
	for i := range r.arrived {
		r.arrived[i] = room[i : i : i+1]
	}
	return r
}

// Start takes the run from the flow's beginnings as far as it gets.
func (r *Run) Start(ctx context.Context, a *Around) {
	a.wind()
	if a.Test != nil && a.Test.From != "" {
		if at, ok := r.Flow.index[a.Test.From]; ok {
			r.visit(ctx, a, at, a.Test.Port, a.Test.With)
		}
		r.pass(ctx, a)
		return
	}
	for i := range r.Flow.steps {
		if r.Flow.steps[i].start && !r.Stopped {
			r.visit(ctx, a, i, "", map[string]any{})
		}
	}
	r.pass(ctx, a)
}

// Done tells whether the run has come to its end.
func (r *Run) Done() bool { return len(r.Pauses) == 0 }

// pass goes through the steps in their order and calls those at which something arrived.
func (r *Run) pass(ctx context.Context, a *Around) {
	var open []bool // steps that may still send something, now or after a pause
	if r.Flow.joins {
		open = make([]bool, len(r.Flow.steps))
	}
	for i := range r.Flow.steps {
		s := &r.Flow.steps[i]
		above := open != nil && r.openAbove(s, open)
		if s.join {
			if !above {
				r.joined(ctx, a, i)
			}
		} else {
			for _, edge := range s.in {
				waiting := r.arrived[edge]
				r.arrived[edge] = nil
				a.edge = r.Flow.edges[edge].Name
				for _, payload := range waiting {
					r.visit(ctx, a, i, r.Flow.edges[edge].ToPort, payload)
				}
				a.edge = ""
			}
		}
		if r.Stopped {
			return
		}
		if open != nil {
			open[i] = above || r.pausedAt(s.id)
		}
	}
}

func (r *Run) openAbove(s *step, open []bool) bool {
	for _, edge := range s.in {
		if open[r.Flow.index[r.Flow.edges[edge].From]] {
			return true
		}
	}
	return false
}

func (r *Run) pausedAt(id string) bool {
	for i := range r.Pauses {
		if r.Pauses[i].Node == id {
			return true
		}
	}
	return false
}

// joined makes one payload of those that arrived over all edges of a step, and calls it.
func (r *Run) joined(ctx context.Context, a *Around, i int) {
	s := &r.Flow.steps[i]
	joined, port := map[string]any{}, ""
	for _, edge := range s.in {
		payloads := r.arrived[edge]
		if len(payloads) == 0 {
			continue
		}
		e := &r.Flow.edges[edge]
		r.arrived[edge] = nil
		if port == "" {
			port = e.ToPort
		}
		switch {
		case s.Join != nil && s.Join.Merge:
			for _, payload := range payloads {
				joined = Over(joined, payload)
			}
		case len(payloads) == 1:
			joined[e.Key()] = payloads[0]
		default:
			list := make([]any, len(payloads))
			for k, payload := range payloads {
				list[k] = payload
			}
			joined[e.Key()] = list
		}
	}
	if port != "" {
		r.visit(ctx, a, i, port, joined)
	}
}

// Over puts an object over another one, member by member, and changes neither.
func Over(below, above map[string]any) map[string]any {
	merged := maps.Clone(below)
	if merged == nil {
		merged = make(map[string]any, len(above))
	}
	for name, value := range above {
		inner, isObject := value.(map[string]any)
		former, wasObject := merged[name].(map[string]any)
		if isObject && wasObject {
			value = Over(former, inner)
		}
		merged[name] = value
	}
	return merged
}

// visit lets a payload arrive at a step: it is called, unless a switch says otherwise, and its results are sent on.
func (r *Run) visit(ctx context.Context, a *Around, i int, port string, payload map[string]any) {
	if r.Stopped || a.Abandoned {
		return
	}
	s := &r.Flow.steps[i]
	r.Trace = append(r.Trace, Visit{Node: s.id, Port: port, Input: payload, step: i})
	v := &r.Trace[len(r.Trace)-1]
	begun := a.last
	v.At = a.at(begun)
	switch {
	case len(r.Trace) > maxVisits:
		r.fail(v, fmt.Errorf("the run has called more than %d nodes", maxVisits))
		r.stop()
	case s.Block || (s.TestOnly || s.kind.TestOnly) && a.Test == nil:
		v.Note = NoteBlocked
	case s.Skip:
		v.Note = NoteSkipped
		for _, p := range s.kind.Out {
			r.send(v, node.Result{Port: p.Name, Payload: payload}, false)
		}
	default:
		r.enter(ctx, a, v)
	}
	a.last = time.Now()
	v.Seconds = a.last.Sub(begun).Seconds()
}

// enter joins what the switches add to a call.
func (r *Run) enter(ctx context.Context, a *Around, v *Visit) {
	s := &r.Flow.steps[v.step]
	in := r.input(a, v)
	if s.reshape != nil {
		if err := s.reshaped(&in.Input); err != nil {
			r.failed(v, err)
			return
		}
		v.Input = in.Payload
	}
	if a.Test != nil {
		if out, pinned := a.Test.output(s, in.Payload); pinned {
			v.Note = NotePinned
			r.leave(a, v, out, nil)
			return
		}
	} else if s.kind.Background || s.Background {
		v.Note = NoteBackground
		r.pause(a, v, Pause{Act: true, Port: v.Port, Payload: in.Payload, Until: a.Host.Now()})
		return
	}
	mark, runs, err := s.isNew(ctx, in)
	switch {
	case err != nil:
		r.failed(v, err)
		return
	case !runs:
		v.Note = NoteUnchanged
		return
	}
	out, err := r.call(ctx, a, s, in)
	if err == nil && mark != nil {
		err = mark(ctx)
	}
	r.leave(a, v, out, err)
}

// leave sends on what a node gave.
func (r *Run) leave(a *Around, v *Visit, out node.Output, err error) {
	if err != nil {
		r.failed(v, err)
		return
	}
	s := &r.Flow.steps[v.step]
	if !s.AppendInput {
		v.Results = out.Results[:0:len(out.Results)] // it belongs to the flow
	}
	for _, result := range out.Results {
		r.send(v, result, s.AppendInput)
	}
	if out.Wait != nil {
		r.pause(a, v, waiting(out.Wait))
		if v.Note == "" {
			v.Note = NoteWaits
		}
	}
}

// send puts a result on the edges of its port.
func (r *Run) send(v *Visit, result node.Result, appendInput bool) {
	s := &r.Flow.steps[v.step]
	if result.Payload == nil {
		return
	}
	if appendInput && result.Port != node.ErrorPort {
		merged := maps.Clone(v.Input)
		if merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, result.Payload)
		result.Payload = merged
	}
	v.Results = append(v.Results, result)
	for _, edge := range s.out {
		if r.Flow.edges[edge].Port == result.Port {
			r.arrived[edge] = append(r.arrived[edge], result.Payload)
		}
	}
}

// failed notes that a node failed and goes on as its switch says.
func (r *Run) failed(v *Visit, err error) {
	r.fail(v, err)
	s := &r.Flow.steps[v.step]
	if s.OnError == OnErrorStop {
		r.stop()
		return
	}
	r.send(v, node.Result{Port: node.ErrorPort, Payload: map[string]any{"message": err.Error()}}, false)
	if s.OnError == OnErrorContinue && len(s.kind.Out) > 0 {
		r.send(v, node.Result{Port: s.kind.Out[0].Name, Payload: v.Input}, false)
	}
}

func (r *Run) fail(v *Visit, err error) {
	v.Error = err.Error()
	r.Failed++
	if r.Failure == "" {
		r.Failure, r.Broken = v.Error, v.Node
	}
	r.log(v.At, v.Node, slog.LevelError, v.Error)
}

// stop ends the run at once: nothing that waits goes on.
func (r *Run) stop() {
	r.Stopped, r.Pauses = true, nil
	clear(r.arrived)
}

func (r *Run) log(at time.Time, id string, level slog.Level, message string) {
	if level >= slog.LevelWarn {
		r.Warned = true
	}
	if len(r.Lines) < maxLines {
		r.Lines = append(r.Lines, Line{Node: id, Level: level, Message: message, At: at})
	}
}

// set puts a value into an object without changing the object that was there.
func set(object map[string]any, value any, path []string) (map[string]any, error) {
	if len(path) == 0 {
		whole, ok := value.(map[string]any)
		if !ok && value != nil {
			return nil, tracardi.InvalidField("memory", "is an object: name a place in it")
		}
		return whole, nil
	}
	copied := maps.Clone(object)
	if copied == nil {
		copied = map[string]any{}
	}
	switch inner, isObject := copied[path[0]].(map[string]any); {
	case len(path) > 1:
		if !isObject && value == nil {
			return copied, nil
		}
		made, err := set(inner, value, path[1:])
		if err != nil {
			return nil, err
		}
		copied[path[0]] = made
	case value == nil:
		delete(copied, path[0])
	default:
		copied[path[0]] = value
	}
	return copied, nil
}
