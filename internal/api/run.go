package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/storage"
)

// Run is a run of a flow.
type Run struct {
	ID       string             `json:"id"`
	Status   string             `json:"status" enum:"waiting,unknown,done,failed,cancelled"`
	Flow     pipeline.RunFlow   `json:"flow"`
	Trigger  string             `json:"trigger,omitempty" doc:"Id of the trigger."`
	Event    pipeline.RunEvent  `json:"event"`
	Profile  string             `json:"profile,omitempty" doc:"Id of the profile."`
	Session  string             `json:"session,omitempty" doc:"Id of the session."`
	Began    time.Time          `json:"began"`
	Updated  time.Time          `json:"updated"`
	Calls    int                `json:"calls" doc:"Nodes that were called."`
	Seconds  float64            `json:"seconds" doc:"That they took."`
	Failed   int                `json:"failed" doc:"Of them, that failed."`
	Failure  string             `json:"failure,omitempty" doc:"Of the first that failed."`
	Broken   string             `json:"broken,omitempty" doc:"Id of the node that failed first."`
	Reason   string             `json:"reason,omitempty" doc:"Why it was cancelled."`
	Waits    []pipeline.RunWait `json:"waits,omitempty" doc:"Where it stands."`
	Memory   map[string]any     `json:"memory,omitempty" doc:"What nodes kept for the run."`
	Measures map[string]float64 `json:"measures,omitempty" doc:"What nodes measured."`
	Nodes    map[string][]Visit `json:"nodes,omitempty" doc:"The trace: the calls of each node, by its id. Left out in lists."`
	Log      []Line             `json:"log,omitempty" doc:"What nodes noted, the oldest first; the last 1000 lines. Left out in lists."`
}

// Line is what a node noted.
type Line struct {
	Date    time.Time `json:"date"`
	Level   string    `json:"level" enum:"info,warn,error"`
	Node    string    `json:"node_id" doc:"Id of the node."`
	Message string    `json:"message"`
}

// Visit is one call of a node.
type Visit struct {
	flow.Visit
	Number  int          `json:"number" doc:"Counts the calls of the run, from 1."`
	Results []flow.Shown `json:"results" nullable:"false"`
}

func runView(doc *pipeline.Run) Run {
	return Run{
		ID: doc.ID, Status: doc.Status, Flow: doc.Flow, Trigger: doc.Trigger, Event: doc.Event, Profile: doc.Profile.ID, Session: doc.Session.ID,
		Began: doc.Metadata.Time.Insert, Updated: doc.Metadata.Time.Update, Calls: doc.Nodes, Seconds: doc.Seconds,
		Failed: doc.Failed, Failure: doc.Failure, Broken: doc.Broken, Reason: doc.Reason, Waits: doc.Waits,
	}
}

// traced is a run with its trace.
func traced(doc *pipeline.Run) (Run, error) {
	run := runView(doc)
	trace := []byte(doc.Trace)
	if doc.State != "" {
		var state struct {
			Memory   map[string]any     `json:"memory"`
			Measures map[string]float64 `json:"measures"`
			Trace    json.RawMessage    `json:"trace"`
		}
		if err := json.Unmarshal([]byte(doc.State), &state); err != nil {
			return run, err
		}
		run.Memory, run.Measures, trace = state.Memory, state.Measures, state.Trace
	}
	if len(trace) == 0 {
		return run, nil
	}
	var visits []Visit
	if err := json.Unmarshal(trace, &visits); err != nil {
		return run, err
	}
	run.Nodes = map[string][]Visit{}
	for i, v := range visits {
		v.Number = i + 1
		if v.Results == nil {
			v.Results = []flow.Shown{}
		}
		run.Nodes[v.Node] = append(run.Nodes[v.Node], v)
	}
	return run, nil
}

// Runs is a page of runs.
type Runs struct {
	Items []Run  `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; left out at the end."`
}

func (s *server) listRuns(ctx context.Context, in *struct {
	Flow    string `query:"flow" maxLength:"512" doc:"Id of the flow."`
	Status  string `query:"status" enum:"waiting,unknown,done,failed,cancelled" doc:"State of the run."`
	Profile string `query:"profile" maxLength:"512" doc:"Id of the profile."`
	Filter
	Paging
},
) (*struct{ Body Runs }, error) {
	q, err := in.query(ctx, storage.Runs, time.Now())
	if err != nil {
		return nil, err
	}
	for field, value := range map[string]string{"flow.id": in.Flow, "status": in.Status, "profile.id": in.Profile} {
		if value != "" {
			q.Where = expr.All(expr.OneOf(expr.MustPath(field), value), q.Where)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	q.Limit, q.Cursor = in.Limit, in.Cursor
	page, err := s.records.Search(ctx, of(ctx).tenant, storage.Runs, q)
	if err != nil {
		return nil, err
	}
	out := Runs{Items: make([]Run, len(page.Docs)), Next: page.Next}
	for i, doc := range page.Docs {
		var run pipeline.Run
		if err := json.Unmarshal(doc.Body, &run); err != nil {
			return nil, err
		}
		out.Items[i] = runView(&run)
		if of(ctx).masked {
			out.Items[i].mask()
		}
	}
	return &struct{ Body Runs }{out}, nil
}

func (s *server) getRun(ctx context.Context, in *byID) (*struct{ Body Run }, error) {
	docs, err := s.records.Read(ctx, of(ctx).tenant, storage.Runs, []string{in.ID})
	if err != nil {
		return nil, err
	}
	if docs[0].Body == nil {
		return nil, tracardi.Errorf(tracardi.NotFound, "there is no run %q; of those that show nothing special, only some are kept", in.ID)
	}
	var doc pipeline.Run
	if err := json.Unmarshal(docs[0].Body, &doc); err != nil {
		return nil, err
	}
	run, err := traced(&doc)
	if err != nil {
		return nil, err
	}
	if run.Log, err = s.linesOf(ctx, &doc); err != nil {
		return nil, err
	}
	if of(ctx).masked {
		run.mask()
	}
	return &struct{ Body Run }{run}, nil
}

// linesOf reads what the nodes of a run noted.
func (s *server) linesOf(ctx context.Context, run *pipeline.Run) ([]Line, error) {
	where := expr.All(expr.OneOf(expr.MustPath("event_id"), run.Event.ID), expr.OneOf(expr.MustPath("run_id"), run.ID))
	page, err := s.records.Search(ctx, of(ctx).tenant, storage.Logs, storage.Query{Where: where, Limit: 1000})
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(page.Docs))
	for i, doc := range page.Docs {
		if err := json.Unmarshal(doc.Body, &lines[i]); err != nil {
			return nil, err
		}
	}
	slices.Reverse(lines)
	return lines, nil
}

// decideCall answers for a node of which nobody knows whether it did what it does.
func (s *server) decideCall(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	Body struct {
		Pause   int    `json:"pause" minimum:"1" doc:"Number of the place where the run stands, as its waits have it."`
		Outcome string `json:"outcome" enum:"again,done,failed" doc:"Call the node again; go on as if it was done; or go on at its error port."`
	}
},
) (*struct{}, error) {
	return nil, pipeline.DecideCall(ctx, s.records, of(ctx).tenant, in.ID, in.Body.Pause, in.Body.Outcome)
}

func (s *server) countFlow(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	From string `query:"from" maxLength:"60" default:"-24h" doc:"From the hour of this time on."`
	To   string `query:"to" maxLength:"60" doc:"Before this time."`
},
) (*struct{ Body flow.Counts }, error) {
	if _, err := s.flows.Get(ctx, of(ctx).tenant, in.ID); err != nil {
		return nil, err
	}
	filter := Filter{From: in.From, To: in.To}
	q, err := filter.query(ctx, storage.Tallies, time.Now())
	if err != nil {
		return nil, err
	}
	q.From = q.From.Truncate(time.Hour)
	q.Where = expr.OneOf(expr.MustPath("flow.id"), in.ID)
	sum := flow.Counts{Nodes: map[string]flow.NodeCount{}, Edges: map[string]int64{}}
	for doc, err := range s.records.Scan(ctx, of(ctx).tenant, storage.Tallies, q) {
		if err != nil {
			return nil, err
		}
		var tally pipeline.Tally
		if err := json.Unmarshal(doc.Body, &tally); err != nil {
			return nil, err
		}
		if strings.HasPrefix(tally.ID, in.ID+"/") {
			sum.Merge(&tally.Counts)
		}
	}
	return &struct{ Body flow.Counts }{sum}, nil
}
