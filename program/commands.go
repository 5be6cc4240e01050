package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"github.com/tracardi/tracardi-go/internal/app"
	"github.com/tracardi/tracardi-go/internal/config"
)

type serve struct {
	config.Settings
}

// Run serves until a signal comes.
func (c *serve) Run(ctx context.Context, command *kong.Context, version release) error {
	if err := c.Check(); err != nil {
		return &settingsError{err}
	}
	log := logger(&c.Settings, os.Stderr)
	for _, name := range config.Strays(command) {
		log.Warn("an environment variable names no setting", "variable", name)
	}
	program := app.Program{Settings: &c.Settings, Version: string(version), Log: log, Out: os.Stdout}
	return program.Run(ctx)
}

type show struct {
	config.Settings
}

// Run prints the settings in force and what is wrong with them.
func (c *show) Run(command *kong.Context) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	for _, value := range config.Values(command) {
		fmt.Fprintf(table, "%s\t%s\t%s\n", value.Name, value.Text, value.Origin)
	}
	err := table.Flush()
	if problem := c.Check(); problem != nil {
		return &settingsError{errors.Join(err, problem)}
	}
	return err
}

type examine struct {
	config.Settings
}

// Run prints what it finds. Findings that keep the program from running end it with exit code 1.
func (c *examine) Run(ctx context.Context, command *kong.Context) error {
	doctor := app.Doctor{Settings: &c.Settings, Strays: config.Strays(command)}
	if !doctor.Examine(ctx, os.Stdout) {
		return errQuiet
	}
	return nil
}

type rebuild struct {
	Collections []string `arg:"" help:"profile, session, entity, delivery, run, tally or schedule."`

	config.Settings
}

// Run asks the running workers for it and returns when it is done. Ending it earlier does not stop them.
func (c *rebuild) Run(ctx context.Context) error {
	work := app.Rebuild{Settings: &c.Settings, Log: logger(&c.Settings, os.Stderr), Out: os.Stdout}
	if err := work.Check(c.Collections); err != nil {
		return &settingsError{err}
	}
	return work.Run(ctx, c.Collections)
}

type about struct{}

// Run prints the version.
func (about) Run(version release) error {
	_, err := fmt.Printf("tracardi %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func logger(s *config.Settings, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
