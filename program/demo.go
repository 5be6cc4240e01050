package program

import (
	"context"
	"fmt"
	"os"

	"github.com/tracardi/tracardi-go/internal/app"
	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/internal/demo"
)

type loadDemo struct {
	URL      string `name:"url" placeholder:"URL" help:"Send to the server that runs at this address, over HTTP, with the token of admin-token. Empty: load into the data folder, which no server may be using meanwhile."`
	Profiles int    `default:"10000" placeholder:"N" help:"Visitors."`
	Events   int    `default:"200000" placeholder:"N" help:"What they do, all together. The platform adds events of its own."`
	Days     int    `default:"30" placeholder:"N" help:"Days up to now that the visits are spread over."`
	Seed     uint64 `default:"1" placeholder:"N" help:"The same seed makes the same visitors and event ids: loading them again stores nothing twice."`
	Rate     int    `placeholder:"N" help:"Events a second. 0: as many as the other side takes."`
	Workers  int    `default:"64" placeholder:"N" help:"Requests at once."`

	config.Settings
}

// Run loads the data and prints how far it is.
func (c *loadDemo) Run(ctx context.Context, version release) error {
	plan := demo.DefaultPlan()
	plan.Profiles, plan.Events, plan.Days, plan.Seed = c.Profiles, c.Events, c.Days, c.Seed
	if err := plan.Check(); err != nil {
		return &settingsError{err}
	}
	load := demo.Load{Plan: plan, Rate: c.Rate, Workers: c.Workers, Progress: func(now demo.Progress) { fmt.Println(now) }}
	if c.URL == "" {
		if err := c.Check(); err != nil {
			return &settingsError{err}
		}
		program := app.Program{Settings: &c.Settings, Version: string(version), Log: logger(&c.Settings, os.Stderr), Out: os.Stdout}
		return program.Demo(ctx, load)
	}
	remote, err := demo.NewRemote(c.URL, c.AdminToken)
	if err != nil {
		return &settingsError{err}
	}
	defer remote.Close()
	if err := remote.MakeSources(ctx); err != nil {
		return err
	}
	load.NewSender = remote.Sender
	return load.Run(ctx)
}
