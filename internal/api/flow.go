package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Flow is a flow as the API shows it.
type Flow struct {
	ID          string     `json:"id" required:"false" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$" doc:"Kept when given, made when not."`
	Name        string     `json:"name" minLength:"1" maxLength:"200"`
	Description string     `json:"description,omitempty" maxLength:"2000"`
	Tags        []string   `json:"tags,omitempty" maxItems:"50"`
	Draft       flow.Graph `json:"draft" required:"false" doc:"What people work on. It runs once it is published."`
	Live        *Live      `json:"live,omitempty" readOnly:"true" doc:"What runs; left out when nothing does."`
	Last        int64      `json:"last,omitempty" readOnly:"true" doc:"Number of the newest version."`
	Stamp
}

// Live says which version of a flow runs.
type Live struct {
	Version int64     `json:"version"`
	Since   time.Time `json:"since"`
	Changed bool      `json:"changed" doc:"The draft is no longer what runs."`
}

func (s *server) flowRoutes() []route {
	flows, triggers := s.flowResource(), s.triggerResource()
	read, write := everyone("flows:read"), marketers("flows:write")
	table := []route{
		{"GET", "/node-types", "list-node-types", read, "List the kinds of nodes that flows are drawn with", 0, on(s, s.listNodeTypes)},

		{"GET", "/flows", "list-flows", read, "List flows, without their drawings", 0, on(s, s.listFlows)},
		{"POST", "/flows", "create-flow", write, "Create a flow", 201, on(s, flows.create, drawn)},
		{"POST", "/flows/import", "import-flow", write, "Import an exported flow, also one of the original", 201, on(s, s.importFlow)},
		{"POST", "/flows/check", "check-flow", write, "List what is wrong with a drawing", 0, on(s, s.checkGraph, unchecked)},
		{"GET", "/flows/{id}", "get-flow", read, "Get a flow with its draft", 0, on(s, s.getFlow)},
		{"PUT", "/flows/{id}", "replace-flow", write, "Replace a flow's draft; what runs stays", 0, on(s, flows.replace, drawn)},
		{"PATCH", "/flows/{id}", "update-flow", write, "Change fields of a flow; what runs stays", 0, on(s, flows.update, drawn)},
		{"DELETE", "/flows/{id}", "delete-flow", write, "Delete a flow that does not run, with its versions", 0, on(s, flows.remove)},
		{"GET", "/flows/{id}/export", "export-flow", read, "Export a flow's draft", 0, on(s, s.exportFlow)},
		{"POST", "/flows/{id}/publish", "publish-flow", write, "Make the draft the version that runs", 0, on(s, s.publishFlow)},
		{"POST", "/flows/{id}/unpublish", "unpublish-flow", write, "Stop a flow, and cancel its runs that wait", 0, on(s, s.unpublishFlow)},
		{"GET", "/flows/{id}/versions", "list-flow-versions", read, "List the versions of a flow, newest first", 0, on(s, s.listVersions)},
		{"GET", "/flows/{id}/versions/{version}", "get-flow-version", read, "Get a version of a flow", 0, on(s, s.getVersion)},
		{"POST", "/flows/{id}/versions/{version}/restore", "restore-flow-version", write, "Make a version the draft again", 0, on(s, s.restoreVersion)},
		{"GET", "/flows/{id}/diff", "diff-flow", read, "Compare versions, or one with the draft", 0, on(s, s.diffFlow)},
		{"GET", "/flows/{id}/counts", "count-flow", read, "Count how often nodes ran and edges were used", 0, on(s, s.countFlow)},
		{"POST", "/flows/{id}/test", "test-flow", write, "Run a draft on events, and change nothing outside", 0, on(s, s.testFlow)},

		{"GET", "/triggers", "list-triggers", read, "List triggers", 0, on(s, triggers.list)},
		{"POST", "/triggers", "create-trigger", write, "Create a trigger", 201, on(s, triggers.create)},
		{"GET", "/triggers/{id}", "get-trigger", read, "Get a trigger", 0, on(s, triggers.get)},
		{"PUT", "/triggers/{id}", "replace-trigger", write, "Replace a trigger", 0, on(s, triggers.replace)},
		{"PATCH", "/triggers/{id}", "update-trigger", write, "Change fields of a trigger", 0, on(s, triggers.update)},
		{"DELETE", "/triggers/{id}", "delete-trigger", write, "Delete a trigger", 0, on(s, triggers.remove)},

		{"GET", "/runs", "list-runs", read, "List runs of flows, newest first", 0, on(s, s.listRuns, s.inTurn(s.questions))},
		{"GET", "/runs/{id}", "get-run", read, "Get a run with its trace", 0, on(s, s.getRun)},
		{"POST", "/runs/{id}/decide", "decide-run", write, "Say what became of a call of which nobody knows", 202, on(s, s.decideCall)},
	}
	return table
}

func (s *server) flowResource() *resource[workspace.Flow, Flow] {
	return &resource[workspace.Flow, Flow]{s: s, kind: s.flows, accept: s.acceptFlow, removable: s.flowUnused, view: flowView}
}

func flowView(e workspace.Entry[workspace.Flow]) Flow {
	f := e.Value
	if f.Draft.Nodes == nil {
		f.Draft.Nodes = []flow.Node{}
	}
	if f.Draft.Edges == nil {
		f.Draft.Edges = []flow.Edge{}
	}
	return Flow{ID: f.ID, Name: f.Name, Description: f.Description, Tags: f.Tags, Draft: f.Draft, Last: f.Last, Stamp: stampOf(e)}
}

func (s *server) acceptFlow(_ context.Context, id string, in *Flow, old *workspace.Flow) (workspace.Entry[workspace.Flow], error) {
	f := workspace.Flow{Name: in.Name, Description: in.Description, Tags: in.Tags, Draft: in.Draft}
	var err error
	if f.ID, err = idFor(id, in.ID); err != nil {
		return workspace.Entry[workspace.Flow]{}, err
	}
	if old != nil {
		f.Last = old.Last
	}
	if broken := flow.Broken(flow.Check(&f.Draft)); len(broken) > 0 {
		return workspace.Entry[workspace.Flow]{}, problemOf("body.draft", "the drawing is no flow", broken)
	}
	return workspace.Entry[workspace.Flow]{ID: f.ID, Name: f.Name, Value: f}, nil
}

// problemOf answers with all problems of a drawing that is at a place of the request.
func problemOf(place, detail string, problems []flow.Mistake) *Problem {
	return &Problem{
		Status: http.StatusUnprocessableEntity, Detail: detail + ": " + problems[0].Error(), Errors: faultsIn(place, problems),
	}
}

// flowUnused is a Conflict when the flow runs, or triggers or other flows name it; else its versions go too.
func (s *server) flowUnused(ctx context.Context, id string) error {
	tenant := of(ctx).tenant
	if _, err := s.liveFlows.Get(ctx, tenant, id); err == nil {
		return tracardi.Errorf(tracardi.Conflict, "the flow runs: unpublish it first")
	} else if tracardi.KindOf(err) != tracardi.NotFound {
		return err
	}
	triggers, err := s.triggersWith(ctx, func(t *workspace.Trigger) bool { return t.Flow == id || t.After != nil && t.After.Flow == id })
	if err != nil {
		return err
	}
	flows, err := s.flowsWith(ctx, "flow", id)
	if err != nil {
		return err
	}
	if err := unused("flow", slices.Concat(triggers, flows)); err != nil {
		return err
	}
	versions := workspace.FlowVersions(s.config, id)
	entries, err := versions.List(ctx, tenant)
	if err != nil {
		return err
	}
	for _, version := range entries {
		if err := versions.Delete(ctx, tenant, version.ID); err != nil {
			return err
		}
	}
	return nil
}

// digest tells graphs apart.
func digest(g *flow.Graph) string {
	text, err := json.Marshal(g)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// showLive says of a flow what runs.
func (s *server) showLive(ctx context.Context, f *Flow) error {
	live, err := s.liveFlows.Get(ctx, of(ctx).tenant, f.ID)
	if tracardi.KindOf(err) == tracardi.NotFound && err != nil {
		return nil
	}
	if err == nil {
		f.Live = &Live{live.Value.Version, live.Value.Since, live.Value.Digest != digest(&f.Draft)}
	}
	return err
}

func (s *server) listFlows(ctx context.Context, _ *struct{}) (*listOutput[Flow], error) {
	entries, err := s.flows.List(ctx, of(ctx).tenant)
	if err != nil {
		return nil, err
	}
	live, err := s.liveFlows.List(ctx, of(ctx).tenant)
	if err != nil {
		return nil, err
	}
	runs := map[string]workspace.LiveFlow{}
	for _, e := range live {
		runs[e.ID] = e.Value
	}
	out := listOf(entries, flowView)
	for i := range out.Body.Items {
		f := &out.Body.Items[i]
		if l, ok := runs[f.ID]; ok {
			f.Live = &Live{l.Version, l.Since, l.Digest != digest(&entries[i].Value.Draft)}
		}
		f.Draft = flow.Graph{Nodes: []flow.Node{}, Edges: []flow.Edge{}}
	}
	return out, nil
}

func (s *server) getFlow(ctx context.Context, in *byID) (*itemOutput[Flow], error) {
	entry, err := s.flows.Get(ctx, of(ctx).tenant, in.ID)
	if err != nil {
		return nil, err
	}
	out := &itemOutput[Flow]{ETag: etag(entry.Version), Body: flowView(entry)}
	return out, s.showLive(ctx, &out.Body)
}

// GraphCheck is what is wrong with a drawing.
type GraphCheck struct {
	Problems []flow.Mistake `json:"problems" nullable:"false"`
	Runs     bool           `json:"runs" doc:"It could be published."`
}

func (s *server) checkGraph(_ context.Context, in *struct{ Body drawing }) (*struct{ Body GraphCheck }, error) {
	if _, ok := in.Body.tree.(map[string]any); !ok {
		return nil, tracardi.InvalidField("body", "is no drawing: it must be an object with nodes and edges")
	}
	problems, _ := in.Body.check()
	if problems == nil {
		problems = []flow.Mistake{}
	}
	return &struct{ Body GraphCheck }{GraphCheck{problems, len(flow.Faults(problems)) == 0}}, nil
}

// Imported is a flow that was imported.
type Imported struct {
	Flow     Flow           `json:"flow"`
	Notes    []string       `json:"notes" nullable:"false" doc:"What could not be taken over as it was."`
	Problems []flow.Mistake `json:"problems" nullable:"false" doc:"What is to be mended before it can be published."`
}

func (s *server) importFlow(ctx context.Context, in *struct {
	Body json.RawMessage `doc:"An exported flow."`
},
) (*struct{ Body Imported }, error) {
	var sent struct{ Graph map[string]any }
	if err := json.Unmarshal(in.Body, &sent); err == nil && sent.Graph != nil {
		if problems, formed := (drawing{sent.Graph}).check(); !formed {
			return nil, problemOf("body.graph", "the drawing is no flow", flow.Faults(problems))
		}
	}
	d, notes, err := flow.Import(in.Body)
	if err != nil {
		return nil, err
	}
	if !idPattern.MatchString(d.ID) {
		d.ID = ""
	} else if _, err := s.flows.Get(ctx, of(ctx).tenant, d.ID); err == nil {
		d.ID = "" // it is there already: this is a copy
	}
	if d.Name == "" {
		return nil, tracardi.InvalidField("body.name", "is missing")
	}
	out, err := s.flowResource().create(ctx, &newItem[Flow]{Flow{ID: d.ID, Name: d.Name, Description: d.Description, Tags: d.Tags, Draft: d.Graph}})
	if err != nil {
		return nil, err
	}
	body := Imported{Flow: out.Body, Notes: append([]string{}, notes...), Problems: append([]flow.Mistake{}, flow.Check(&d.Graph)...)}
	return &struct{ Body Imported }{body}, nil
}

func (s *server) exportFlow(ctx context.Context, in *byID) (*struct {
	Disposition string `header:"Content-Disposition"`
	Body        flow.Document
}, error,
) {
	entry, err := s.flows.Get(ctx, of(ctx).tenant, in.ID)
	if err != nil {
		return nil, err
	}
	f := flowView(entry)
	return &struct {
		Disposition string `header:"Content-Disposition"`
		Body        flow.Document
	}{fmt.Sprintf("attachment; filename=%q", "flow-"+f.ID+".json"), flow.Document{ID: f.ID, Name: f.Name, Description: f.Description, Tags: f.Tags, Graph: f.Draft}}, nil
}
