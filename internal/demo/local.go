package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// MakeSources adds those of the demo's sources that the configuration does not have yet.
func MakeSources(ctx context.Context, config storage.Config) error {
	kind := workspace.Sources(config)
	for _, source := range Sources() {
		source.WriteKey = rand.Text()
		entry := workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.Name, Value: source}
		if _, err := kind.Put(ctx, tracardi.DefaultTenant, entry); err != nil && tracardi.KindOf(err) != tracardi.Conflict {
			return fmt.Errorf("make the source %q: %w", source.ID, err)
		}
	}
	return nil
}

// LocalSender sends through a pipeline of its own, whose clock shows the time of the payload: sessions and profiles are as old as
// their events. The pipeline shares stores and locks with others.
func LocalSender(options pipeline.Options) Sender {
	var now time.Time
	options.Now = func() time.Time { return now }
	options.CacheBytes = 256 << 10 // the payloads of a visit follow one another
	road := pipeline.New(options)
	sources := map[string]*tracardi.Source{}
	for _, source := range Sources() {
		sources[source.ID] = &source
	}
	return func(ctx context.Context, p *Payload, profile string) (string, error) {
		body, err := p.Body(profile)
		if err != nil {
			return "", err
		}
		payload, err := collect.Decode(body, collect.DefaultLimits)
		if err != nil {
			return "", err
		}
		now = p.At
		payload.ID, payload.Tenant, payload.Way, payload.Received = uuid.NewString(), tracardi.DefaultTenant, tracardi.SourceREST, now
		payload.Request = tracardi.Request{IP: p.Address, UserAgent: p.UserAgent, Languages: p.Languages}
		for try := 1; ; try++ {
			answer, err := road.Process(ctx, payload, sources[payload.Source.ID], nil)
			if err == nil {
				return answer.Profile, nil
			}
			if err := pause(ctx, try, err); err != nil {
				return "", err
			}
		}
	}
}
