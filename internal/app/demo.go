package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/demo"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// Demo takes a load, which says all but where to, into the data folder. No server may be using the folder meanwhile.
func (p *Program) Demo(ctx context.Context, load demo.Load) (err error) {
	debug.SetMemoryLimit(p.Settings.MemoryBytes())
	secret, err := loadSecret(p.Settings)
	if err != nil {
		return err
	}
	st, err := openStores(ctx, p.Settings, p.Log)
	if err != nil {
		return fmt.Errorf("%w: for a server that is running use --url", err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	road, err := p.road(st, secret)
	if err != nil {
		return err
	}
	if err := demo.MakeSources(ctx, st.config); err != nil {
		return err
	}
	load.NewSender = func() demo.Sender { return demo.LocalSender(road) }
	return load.Run(ctx)
}

// demoState is what the configuration remembers of the demo data, so that a load that was interrupted goes on with the same
// visitors.
type demoState struct {
	Plan demo.Plan `json:"plan"`
	Done bool      `json:"done"`
}

// loadDemo fills an empty store with invented visitors while the program serves.
func (p *Program) loadDemo(ctx context.Context, st *stores, parts *parts) error {
	kind := workspace.NewKind[demoState](st.config, "demo")
	state, err := kind.Get(ctx, tracardi.DefaultTenant, "load")
	if tracardi.KindOf(err) == tracardi.NotFound {
		var events int64
		if events, err = st.records.Count(ctx, tracardi.DefaultTenant, storage.Events, storage.Query{}); err == nil && events > 0 {
			p.Log.Info("demo data is for an empty store: nothing loaded", "events", events)
			return nil
		}
		state.ID, state.Name, state.Value.Plan = "load", "demo data", demo.DefaultPlan()
	}
	if err != nil || state.Value.Done {
		return err
	}
	if state, err = kind.Put(ctx, tracardi.DefaultTenant, state); err != nil {
		return err
	}
	if err := demo.MakeSources(ctx, st.config); err != nil {
		return err
	}
	load := demo.Load{
		Plan: state.Value.Plan, Workers: demoWorkers, NewSender: func() demo.Sender { return demo.LocalSender(parts.road) },
		Progress: func(now demo.Progress) { p.Log.Info("loading demo data", "progress", now) },
	}
	if err := load.Run(ctx); err != nil {
		return err
	}
	state.Value.Done = true
	_, err = kind.Put(ctx, tracardi.DefaultTenant, state)
	return err
}

// demoWorkers leaves visitors of the program their share of the machine.
const demoWorkers = 32

// demoJob loads the demo data in the background. A failure of it is no reason to stop serving.
func (p *Program) demoJob(st *stores, parts *parts) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if err := p.loadDemo(ctx, st, parts); err != nil && ctx.Err() == nil {
			p.Log.Error("the demo data is incomplete; the next start goes on with it", "error", err)
		}
		return nil
	}
}
