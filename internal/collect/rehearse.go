package collect

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
)

// Rehearse makes a payload of a text in the tracker's dialect, as a request from a browser would bring it, and finds its source.
// Nothing is counted, and neither origin nor rate is looked at. A source that is missing or may not send is the second error, so
// that a test can tell it from a text that is no payload.
func (c *Collector) Rehearse(r *http.Request, text []byte) (payload *tracardi.Payload, source *tracardi.Source, refused, err error) {
	payload, err = Decode(text, c.options.Limits)
	if err != nil {
		return nil, nil, nil, err
	}
	payload.ID, payload.Tenant, payload.Received = uuid.NewString(), tracardi.DefaultTenant, time.Now().UTC()
	payload.Way, payload.Request = tracardi.SourceREST, c.Request(r)
	c.refer(payload)
	source, refused = c.source(payload.Tenant, payload.Source.ID, payload.Way)
	return payload, source, refused, nil
}
