package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// flowWorkers are the runs of flows that go on at once. Most of their time is waiting for other systems.
const flowWorkers = 16

// resources gives nodes of flows the settings of resources, secrets included.
func resources(ws *workspace.Workspace, secrets *vault.Vault) func(ctx context.Context, tenant, id string, into any) error {
	return func(_ context.Context, tenant, id string, into any) error {
		resource := ws.Snapshot(tenant).Resources[id]
		switch {
		case resource == nil:
			return tracardi.Errorf(tracardi.NotFound, "there is no resource %q", id)
		case !resource.Enabled:
			return tracardi.Errorf(tracardi.NotFound, "the resource %q is disabled", id)
		}
		settings, err := secrets.Reveal(tenant, resource)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(settings, into); err != nil {
			return fmt.Errorf("settings of resource %q: %w", id, err)
		}
		return nil
	}
}

// keepOf says how long records are kept.
func keepOf(s *config.Settings) pipeline.Keep {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return pipeline.Keep{Events: days(s.KeepEvents), Logs: days(s.KeepLogs), Runs: days(s.KeepRuns)}
}
