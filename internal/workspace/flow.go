package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// Kinds of configuration that flows are kept as. What people draw and what runs lie apart: a draft can be changed at any time,
// a version never.
const (
	KindFlow     = "flow"
	KindLiveFlow = "flow-live"
)

// Flow is a flow as people work on it.
type Flow struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Tags        []string   `json:"tags,omitempty"`
	Draft       flow.Graph `json:"draft"`
	Last        int64      `json:"last,omitempty"` // number of the newest version
}

// FlowVersion is a flow as it was published.
type FlowVersion struct {
	Number int64      `json:"number"`
	Name   string     `json:"name"`
	Note   string     `json:"note,omitempty"`
	By     string     `json:"by,omitempty"` // id of the user
	At     time.Time  `json:"at"`
	Graph  flow.Graph `json:"graph"`
}

// LiveFlow says which version of a flow runs.
type LiveFlow struct {
	Version int64     `json:"version"`
	Since   time.Time `json:"since"`            // when it was published first, after it had not been live
	Digest  string    `json:"digest,omitempty"` // tells whether the draft is the same
}

// Flows gives access to the flows as they are drawn.
func Flows(config storage.Config) Kind[Flow] { return NewKind[Flow](config, KindFlow) }

// LiveFlows gives access to what runs, by the id of the flow.
func LiveFlows(config storage.Config) Kind[LiveFlow] {
	return NewKind[LiveFlow](config, KindLiveFlow)
}

// FlowVersions gives access to the versions of one flow, by their numbers.
func FlowVersions(config storage.Config, id string) Kind[FlowVersion] {
	sum := sha256.Sum256([]byte(id)) // names of kinds are short
	return NewKind[FlowVersion](config, "flow-version/"+hex.EncodeToString(sum[:16]))
}

// VersionID is the id of a version among those of its flow; ids sort as numbers do.
func VersionID(number int64) string { return fmt.Sprintf("%010d", number) }

// Running is a flow that is live.
type Running struct {
	*flow.Flow
	Since time.Time // runs that began before it are over
}

// Flow returns a version of a flow, live or not; NotFound when there is none. Versions that were asked for stay in memory.
func (w *Workspace) Flow(ctx context.Context, tenant, id string, version int64) (*flow.Flow, error) {
	key := tenant + "/" + strconv.FormatInt(version, 10) + "/" + id
	if compiled, ok := w.compiled.Load(key); ok {
		return compiled.(*flow.Flow), nil
	}
	entry, err := FlowVersions(w.config, id).Get(ctx, tenant, VersionID(version))
	if err != nil {
		return nil, err
	}
	compiled, problems := flow.Compile(id, entry.Value.Name, version, &entry.Value.Graph)
	if compiled == nil {
		return nil, tracardi.Errorf(tracardi.NotFound, "version %d of flow %q cannot run in this program: %w", version, id, flow.Faults(problems)[0])
	}
	w.compiled.Store(key, compiled)
	return compiled, nil
}

// loadFlows makes the part of a snapshot that says which flows run for what. It comes from two kinds.
func (w *Workspace) loadFlows(ctx context.Context, s *Snapshot, tenant string) error {
	live, err := LiveFlows(w.config).List(ctx, tenant)
	if err != nil {
		return err
	}
	triggers, err := readable(ctx, w, Triggers(w.config), tenant)
	if err != nil {
		return err
	}
	flows := &Plan{Running: make(map[string]*Running, len(live))}
	for _, entry := range live {
		compiled, err := w.Flow(ctx, tenant, entry.ID, entry.Value.Version)
		switch {
		case tracardi.KindOf(err) == tracardi.NotFound:
			w.log.Error("a flow does not run: publish it again", "tenant", tenant, "flow", entry.ID, "error", err)
		case err != nil:
			return err
		default:
			flows.Running[entry.ID] = &Running{Flow: compiled, Since: entry.Value.Since}
		}
	}
	flows.arrange(triggers, func(t *Trigger, err error) {
		w.log.Error("left out a trigger that cannot work: save it again", "tenant", tenant, "trigger", t.ID, "error", err)
	})
	s.Flows = flows
	return nil
}
