package api

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Publish says what is published.
type Publish struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"What is new in this version."`
}

func (s *server) publishFlow(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	Body *Publish
},
) (*itemOutput[Flow], error) {
	tenant := of(ctx).tenant
	entry, err := s.flows.Get(ctx, tenant, in.ID)
	if err != nil {
		return nil, err
	}
	draft := entry.Value.Draft
	if faults := flow.Faults(flow.Check(&draft)); len(faults) > 0 {
		return nil, problemOf("body.draft", "the flow cannot run yet", faults)
	}
	entry.Value.Last++
	version := workspace.FlowVersion{Number: entry.Value.Last, Name: entry.Value.Name, By: of(ctx).actor.ID, At: time.Now().UTC(), Graph: draft}
	if in.Body != nil {
		version.Note = in.Body.Note
	}
	if entry, err = s.flows.Put(ctx, tenant, entry); err != nil { // takes the number
		return nil, err
	}
	_, err = workspace.FlowVersions(s.config, in.ID).Put(ctx, tenant, workspace.Entry[workspace.FlowVersion]{
		ID: workspace.VersionID(version.Number), Name: strconv.FormatInt(version.Number, 10), Value: version,
	})
	if err != nil {
		return nil, err
	}
	if err := s.goLive(ctx, in.ID, entry.Name, workspace.LiveFlow{Version: version.Number, Since: version.At, Digest: digest(&draft)}); err != nil {
		return nil, err
	}
	out := &itemOutput[Flow]{ETag: etag(entry.Version), Body: flowView(entry)}
	return out, s.showLive(ctx, &out.Body)
}

// goLive makes a version the one that runs. Runs of the version before go on with theirs.
func (s *server) goLive(ctx context.Context, id, name string, live workspace.LiveFlow) error {
	tenant := of(ctx).tenant
	before, err := s.liveFlows.Get(ctx, tenant, id)
	switch {
	case err == nil:
		live.Since = before.Value.Since
	case tracardi.KindOf(err) != tracardi.NotFound:
		return err
	}
	if _, err := s.liveFlows.Put(ctx, tenant, workspace.Entry[workspace.LiveFlow]{ID: id, Name: name, Value: live, Version: before.Version}); err != nil {
		return err
	}
	s.changed(ctx, "published", s.liveFlows.Name(), id)
	return nil
}

// Unpublished tells what became of a flow's runs.
type Unpublished struct {
	Cancelled int `json:"cancelled" doc:"Runs that waited."`
}

func (s *server) unpublishFlow(ctx context.Context, in *byID) (*struct{ Body Unpublished }, error) {
	tenant := of(ctx).tenant
	if _, err := s.flows.Get(ctx, tenant, in.ID); err != nil {
		return nil, err
	}
	if err := s.liveFlows.Delete(ctx, tenant, in.ID); err != nil && tracardi.KindOf(err) != tracardi.NotFound {
		return nil, err
	}
	s.changed(ctx, "unpublished", s.liveFlows.Name(), in.ID)
	n, err := pipeline.CancelRuns(ctx, s.records, tenant, in.ID, time.Now().UTC())
	return &struct{ Body Unpublished }{Unpublished{n}}, err
}

// VersionInfo is a version as lists show it.
type VersionInfo struct {
	Number int64     `json:"number"`
	Name   string    `json:"name"`
	Note   string    `json:"note,omitempty"`
	By     string    `json:"by,omitempty" doc:"Id of the user who published it."`
	At     time.Time `json:"at"`
	Live   bool      `json:"live" doc:"It runs."`
}

func (s *server) listVersions(ctx context.Context, in *byID) (*listOutput[VersionInfo], error) {
	tenant := of(ctx).tenant
	if _, err := s.flows.Get(ctx, tenant, in.ID); err != nil {
		return nil, err
	}
	entries, err := workspace.FlowVersions(s.config, in.ID).List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	live, err := s.liveFlows.Get(ctx, tenant, in.ID)
	if err != nil && tracardi.KindOf(err) != tracardi.NotFound {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b workspace.Entry[workspace.FlowVersion]) int { return int(b.Value.Number - a.Value.Number) })
	return listOf(entries, func(e workspace.Entry[workspace.FlowVersion]) VersionInfo {
		v := e.Value
		return VersionInfo{v.Number, v.Name, v.Note, v.By, v.At, v.Number == live.Value.Version}
	}), nil
}

type versionInput struct {
	ID      string `path:"id" maxLength:"512"`
	Version int64  `path:"version" minimum:"1"`
}

func (s *server) version(ctx context.Context, id string, number int64) (workspace.FlowVersion, error) {
	entry, err := workspace.FlowVersions(s.config, id).Get(ctx, of(ctx).tenant, workspace.VersionID(number))
	return entry.Value, err
}

func (s *server) getVersion(ctx context.Context, in *versionInput) (*struct{ Body workspace.FlowVersion }, error) {
	v, err := s.version(ctx, in.ID, in.Version)
	return &struct{ Body workspace.FlowVersion }{v}, err
}

func (s *server) restoreVersion(ctx context.Context, in *versionInput) (*itemOutput[Flow], error) {
	v, err := s.version(ctx, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	entry, err := s.flows.Get(ctx, of(ctx).tenant, in.ID)
	if err != nil {
		return nil, err
	}
	entry.Value.Draft = v.Graph
	if entry, err = s.flows.Put(ctx, of(ctx).tenant, entry); err != nil {
		return nil, err
	}
	s.changed(ctx, "restored", s.flows.Name(), in.ID)
	out := &itemOutput[Flow]{ETag: etag(entry.Version), Body: flowView(entry)}
	return out, s.showLive(ctx, &out.Body)
}

func (s *server) diffFlow(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	From string `query:"from" default:"live" maxLength:"20" doc:"A version's number, live or draft."`
	To   string `query:"to" default:"draft" maxLength:"20" doc:"A version's number, live or draft."`
},
) (*struct{ Body flow.Difference }, error) {
	from, err := s.graph(ctx, in.ID, "query.from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := s.graph(ctx, in.ID, "query.to", in.To)
	if err != nil {
		return nil, err
	}
	return &struct{ Body flow.Difference }{flow.Diff(from, to)}, nil
}

// graph is the drawing of a version; an empty one of a flow that is not live.
func (s *server) graph(ctx context.Context, id, field, which string) (*flow.Graph, error) {
	entry, err := s.flows.Get(ctx, of(ctx).tenant, id)
	if err != nil {
		return nil, err
	}
	var number int64
	switch which {
	case "draft":
		return &entry.Value.Draft, nil
	case "live":
		live, err := s.liveFlows.Get(ctx, of(ctx).tenant, id)
		if tracardi.KindOf(err) == tracardi.NotFound && err != nil {
			return &flow.Graph{}, nil
		}
		if err != nil {
			return nil, err
		}
		number = live.Value.Version
	default:
		if number, err = strconv.ParseInt(which, 10, 64); err != nil || number < 1 {
			return nil, tracardi.InvalidField(field, "is a version's number, live or draft")
		}
	}
	v, err := s.version(ctx, id, number)
	return &v.Graph, err
}
