// Command bench measures the server against its limits, side by side in one run, and prints tables in Markdown.
//
//	go run ./bench track      single events of new and returning visitors, beside a bare net/http server
//	go run ./bench batch      batches of 100 to 200 events, beside the store's engine alone
//	go run ./bench segment    batches of 100 in Segment's protocol, beside the store and its engine alone
//	go run ./bench hot        all requests on one profile
//	go run ./bench flow       events that run through a flow of ten nodes, in turns with events that do not
//	go run ./bench waiting    events beside 100,000 runs of flows that wait, in turns with none
//	go run ./bench answer     how long a page waits for what a flow answers, under half load
//	go run ./bench big        a store of many events: rate, first pages, totals, conditions, time to visible
//	go run ./bench search     batches, with records on the server that -records names, beside writing to it in bulk
//	go run ./bench cluster    payloads in a queue, with one worker and two, on the servers that TRACARDI_TEST_… name (test/services/up)
//	go run ./bench workers    one, two and three workers with a share of a processor each, on the same servers
//	go run ./bench rounds     what a payload in a queue costs in requests to those servers
//	go run ./bench before     an older program, which -before names, and this one in turns
//	go run ./bench all        all of them but those that need servers or another program
//
// It starts bin/tracardi (make build) on a fresh folder. Load goes to the loopback address only.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// settings are the flags.
type settings struct {
	binary      string
	dir         string
	duration    time.Duration
	connections int
	rate        int
	events      int
	records     string
	before      string
	batches     int
	views       int
	share       float64
	workers     int
	row         string
}

var measurements = []struct {
	name    string
	measure func(context.Context, settings) error
}{
	{"track", track},
	{"batch", batch},
	{"segment", segment},
	{"hot", hot},
	{"flow", flow},
	{"waiting", waitingRuns},
	{"answer", answer},
	{"big", big},
	{"search", search},
	{"cluster", cluster},
	{"workers", workers},
	{"rounds", rounds},
	{"before", before},
}

func measurementNames() (names []string) {
	for _, m := range measurements {
		names = append(names, m.name)
	}
	return names
}

func main() {
	s := settings{}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.StringVar(&s.binary, "binary", "bin/tracardi", "the server")
	flags.StringVar(&s.dir, "dir", "", "folder for data; empty for a temporary one")
	flags.DurationVar(&s.duration, "duration", 15*time.Second, "of each measurement")
	flags.IntVar(&s.connections, "connections", 256, "of the closed loop")
	flags.IntVar(&s.rate, "rate", 0, "requests a second of the open loop; 0 for half of what the closed loop reached")
	flags.IntVar(&s.events, "events", 5_000_000, "in the big store")
	flags.StringVar(&s.records, "records", "", "URL of an Elasticsearch or OpenSearch without a login, for the measurement search")
	flags.StringVar(&s.before, "before", "", "an older server, for the measurement before")
	flags.IntVar(&s.batches, "batches", 200, "of the measurements cluster and rounds")
	flags.IntVar(&s.views, "views", 3000, "page views of the measurements cluster, workers and rounds")
	flags.Float64Var(&s.share, "share", 0.15, "of a processor for each worker of the measurement workers")
	flags.IntVar(&s.workers, "workers", 2, "up to so many, of the measurement cluster")
	flags.StringVar(&s.row, "row", "", "of the measurement cluster: those with this in their name; empty for all")
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "which measurement? "+strings.Join(measurementNames(), ", ")+" or all")
		os.Exit(2)
	}
	_ = flags.Parse(os.Args[2:]) // exits on errors
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1], s, flags.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, what string, s settings, args []string) error {
	fmt.Printf("\nCommand: `go run ./bench %s`\n", strings.Join(os.Args[1:], " "))
	switch what {
	case "bare":
		return serveBare(ctx, args[0])
	case "all":
		for _, m := range measurements {
			if slices.Contains([]string{"search", "cluster", "workers", "rounds", "before"}, m.name) {
				continue // they need servers, or another program
			}
			if err := m.measure(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
		return nil
	}
	for _, m := range measurements {
		if m.name == what {
			return m.measure(ctx, s)
		}
	}
	return fmt.Errorf("no measurement %q: %s or all", what, strings.Join(measurementNames(), ", "))
}
