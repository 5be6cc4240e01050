package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
)

// Rebuild has indices of records made anew by the workers that run.
type Rebuild struct {
	Settings *config.Settings
	Log      *slog.Logger
	Out      io.Writer // takes a line for each step
}

// Check tells what is wrong with the settings or the names of collections.
func (r *Rebuild) Check(names []string) error {
	if !r.Settings.SharedRecords() {
		return errors.New("records-url: the records are in the data folder, whose indices need no rebuilding")
	}
	var known []string
	for _, schema := range storage.Schemas {
		if !schema.Immutable {
			known = append(known, string(schema.Collection))
		}
	}
	for _, name := range names {
		if !strings.Contains(" "+strings.Join(known, " ")+" ", " "+name+" ") {
			return fmt.Errorf("%q is no collection whose index can be rebuilt: there are %s", name, strings.Join(known, ", "))
		}
	}
	_, err := elastic.ParseAddress(r.Settings.RecordsURL)
	return err
}

// Run asks for the collections and follows the work until it is done or ctx ends, which does not stop the work.
func (r *Rebuild) Run(ctx context.Context, names []string) error {
	address, err := elastic.ParseAddress(r.Settings.RecordsURL)
	if err != nil {
		return err
	}
	store, err := elastic.Open(ctx, address, elastic.Options{Log: r.Log})
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // nothing was written through it
	before := map[string]string{}
	for _, name := range names {
		state, err := store.Rebuilding(ctx, storage.Collection(name))
		if err == nil {
			err = store.RequestRebuild(ctx, storage.Collection(name))
		}
		if err != nil {
			return err
		}
		before[name] = state.Index
	}
	for _, name := range names {
		if err := r.follow(ctx, store, name, before[name]); err != nil {
			return err
		}
	}
	return nil
}

const idleAfter = 40 * time.Second // a worker looks more often

// follow prints how far one collection is until its index is another than before.
func (r *Rebuild) follow(ctx context.Context, store *elastic.Store, name, before string) error {
	said, asked := "", time.Now()
	for {
		state, err := store.Rebuilding(ctx, storage.Collection(name))
		if err != nil {
			return err
		}
		var text string
		switch {
		case state.Index != before:
			text = "done: " + state.Index + " is in use"
		case state.Next != "":
			text = fmt.Sprintf("%d of %d documents are in %s", state.Copied, state.Documents, state.Next)
		case time.Since(asked) < idleAfter:
			text = "waiting for a worker"
		default:
			text = "no worker has begun: start the program with the role worker, or look into the log of those that run"
		}
		if text != said {
			if _, err := fmt.Fprintf(r.Out, "%s: %s\n", name, text); err != nil {
				return err
			}
			said = text
		}
		if state.Index != before {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}
