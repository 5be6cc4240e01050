// Package program is the whole program as a function, so that a main of a few lines can add nodes of its own:
//
//	package main
//
//	import (
//		"github.com/tracardi/tracardi-go/program"
//
//		_ "example.com/my/nodes"
//	)
//
//	func main() { program.Main("1.0") }
package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // so that time zones work on machines without the zones' files

	"github.com/alecthomas/kong"

	"github.com/tracardi/tracardi-go/internal/config"
)

// Exit codes.
const (
	exitSettings = 1 // the settings cannot work: starting again will not help
	exitFailure  = 2
)

type commandLine struct {
	Serve   serve    `cmd:"" help:"Run the program."`
	Config  show     `cmd:"" help:"Print the settings and where each of them came from."`
	Doctor  examine  `cmd:"" help:"Look for what keeps the program from running well, and say how to mend it."`
	Rebuild rebuild  `cmd:"" help:"Have the indices of records in Elasticsearch or OpenSearch made anew while everything goes on, and show how far it is."`
	Demo    loadDemo `cmd:"" help:"Load invented visitors of a shop into the data folder or, as a source of load, into a running server."`
	Version about    `cmd:"" help:"Print the version."`
}

// Main runs the command line and ends the process. An empty version means that of the module.
func Main(version string) {
	ctx := untilSignal()
	var commands commandLine
	parser := kong.Must(&commands, append(config.Options(),
		kong.Name("tracardi"),
		kong.Description("A customer data platform in one program. Every flag of serve is also a setting in the environment and in a file: see tracardi config."),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(release(named(version))),
	)...)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		os.Exit(fail(&settingsError{err}))
	}
	os.Exit(fail(command.Run(command)))
}

// untilSignal returns a context that ends with the first interrupt, so that the program finishes its work. The next one ends
// the process at once, with the exit code that a shell gives a death by that signal. Both are read from one queue: the
// handler is never taken away, since a signal that comes in that moment would be lost.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		if number, is := (<-signals).(syscall.Signal); is {
			os.Exit(128 + int(number))
		}
	}()
	return ctx
}

// settingsError is an error in what the user asked for.
type settingsError struct{ err error }

func (e *settingsError) Error() string { return e.err.Error() }
func (e *settingsError) Unwrap() error { return e.err }

// errQuiet ends the program with exit code 1 when everything has been said already.
var errQuiet = &settingsError{errors.New("")}

// fail prints an error and returns the exit code.
func fail(err error) int {
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "tracardi:", text)
	}
	if _, ok := errors.AsType[*settingsError](err); ok {
		return exitSettings
	}
	return exitFailure
}

// release is the version of the program.
type release string

// named is the version that was given, else the module's.
func named(version string) string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
