package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/personal"
	"github.com/tracardi/tracardi-go/storage"
)

// Limits of a live stream. The store is asked for what is new: that sees what other processes store too, and costs nothing
// while nobody watches.
const (
	liveEvery   = 300 * time.Millisecond
	liveBeat    = 2 * time.Second // a sign of life, and a look whether the asker may still see events
	livePage    = 500             // events read at once
	liveRead    = 50_000          // events read in one go; who is further behind continues at the end
	liveMost    = 500             // matches sent in one go, the newest
	liveBytes   = 4 << 20         // of these
	liveStreams = 64              // at once in this process
)

// Skipped tells that a live stream left events out, because the asker is too slow or was away for long.
type Skipped struct {
	Count int  `json:"count" doc:"How many events that match were left out."`
	More  bool `json:"more,omitempty" doc:"There were others that nobody has counted."`
}

// live streams events as they are stored. Each has its document as data; the id of the last one leads on after an interruption.
func (s *server) live(ctx context.Context, in *struct {
	Q     string `query:"q" maxLength:"16384" doc:"A condition, such as type = \"purchase\". Empty for every event." example:"type = \"page-view\""`
	After string `query:"after" maxLength:"512" doc:"The id of the last message that was seen: goes on behind it. Empty for what comes from now on."`
	Last  string `header:"Last-Event-ID" maxLength:"512" doc:"The same, as browsers send it when they connect again."`
},
) (*huma.StreamResponse, error) {
	where, err := condition(ctx, "query.q", storage.Events, in.Q)
	if err != nil {
		return nil, err
	}
	l := &live{s: s, tenant: of(ctx).tenant, masked: of(ctx).masked, where: where, seen: recent{now: map[string]bool{}}}
	if err := l.begin(ctx, cmp.Or(in.Last, in.After)); err != nil {
		return nil, err
	}
	select {
	case s.streams <- struct{}{}:
	default:
		return nil, tracardi.Errorf(tracardi.Unavailable, "%d people watch live events already: try again later", liveStreams)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer func() { <-s.streams }()
		r, w := humago.Unwrap(hctx)
		l.control = http.NewResponseController(w)
		l.out = patient{w, l.control}
		header := w.Header()
		header.Set("Content-Type", "text/event-stream")
		header.Set("X-Accel-Buffering", "no") // proxies that know it pass each event on at once
		if err := l.run(ctx, r); err != nil && ctx.Err() == nil {
			s.log.Warn("a live stream broke off", "request", of(ctx).id, "error", err)
		}
	}}, nil
}

// live is one stream.
type live struct {
	s       *server
	tenant  string
	masked  bool // personal data is hidden
	where   *expr.Condition
	place   string // in the order of arrival, up to which everything was looked at
	gap     Skipped
	seen    recent
	control *http.ResponseController
	out     patient
}

// begin finds the place where the stream begins. One that the store does not know, such as after its data were replaced, leads
// to the end.
func (l *live) begin(ctx context.Context, place string) error {
	page, err := l.s.records.Arrivals(ctx, l.tenant, storage.Events, place, 0)
	if place != "" && tracardi.KindOf(err) == tracardi.Invalid {
		return l.toEnd(ctx)
	}
	l.place = page.Next
	return err
}

func (l *live) toEnd(ctx context.Context) error {
	page, err := l.s.records.Arrivals(ctx, l.tenant, storage.Events, "", 0)
	if err == nil {
		l.place, l.gap.More = page.Next, true
	}
	return err
}

// run sends what arrives until the asker goes, may see events no longer, or the process stops.
func (l *live) run(ctx context.Context, r *http.Request) error {
	// The server's limit on reading is meant for requests; a writer without deadlines has none to lift.
	_ = l.control.SetReadDeadline(time.Time{})
	if err := l.send(nil); err != nil {
		return err
	}
	next, beat := time.NewTicker(liveEvery), time.NewTicker(liveBeat)
	defer next.Stop()
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.s.closing:
			return nil
		case <-beat.C:
			actor, err := l.s.guard.Identify(nil, r, l.tenant)
			if err != nil {
				return err
			}
			if l.masked == l.s.seesPersonal(l.tenant, actor) {
				return nil // the browser connects again, and gets what is right now
			}
			if err := l.send(nil); err != nil {
				return err
			}
		case <-next.C:
			matches, err := l.read(ctx)
			if err != nil {
				return err
			}
			if len(matches) > 0 || l.gap != (Skipped{}) {
				if err := l.send(matches); err != nil {
					return err
				}
			}
		}
	}
}

// read returns the newest of the matches that arrived since the last time, and notes how many more there were.
func (l *live) read(ctx context.Context) (matches []storage.Doc, err error) {
	where := l.where.At(time.Now())
	for read, size := 0, 0; read < liveRead; {
		page, err := l.s.records.Arrivals(ctx, l.tenant, storage.Events, l.place, livePage)
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, doc := range page.Docs {
			if !l.seen.add(doc.ID) {
				continue
			}
			fresh++
			if matched, _ := where.Eval(expr.Document(doc.Body)); !matched { // what can't be compared does not match
				continue
			}
			matches = append(matches, doc)
			for size += len(doc.Body); len(matches) > 1 && (len(matches) > liveMost || size > liveBytes); l.gap.Count++ {
				size -= len(matches[0].Body)
				matches = matches[1:]
			}
		}
		l.place = page.Next
		if read += fresh; fresh == 0 {
			return matches, nil
		}
	}
	l.gap.Count += len(matches) // newer ones are being left out, so that these would be out of order
	return nil, l.toEnd(ctx)
}

// send writes what was left out, the events, and the place that was reached. Without events it is a sign of life.
func (l *live) send(matches []storage.Doc) error {
	var text bytes.Buffer
	if l.gap != (Skipped{}) {
		about, err := json.Marshal(l.gap)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "event: skipped\ndata: %s\n\n", about)
		l.gap = Skipped{}
	}
	for i, doc := range matches {
		if i < len(matches)-1 {
			text.WriteString("data: ")
		} else {
			fmt.Fprintf(&text, "id: %s\ndata: ", l.place)
		}
		body := doc.Body
		if l.masked {
			body = personal.Document(body)
		}
		if err := json.Compact(&text, body); err != nil { // a line break would end the message
			return err
		}
		text.WriteString("\n\n")
	}
	if len(matches) == 0 {
		fmt.Fprintf(&text, "id: %s\n\n", l.place)
	}
	if _, err := l.out.Write(text.Bytes()); err != nil {
		return err
	}
	return l.control.Flush()
}

// recent remembers ids, at least the newest rememberedIDs.
type recent struct{ now, before map[string]bool }

const rememberedIDs = 2000

// add tells whether an id is new.
func (r *recent) add(id string) bool {
	if r.now[id] || r.before[id] {
		return false
	}
	if len(r.now) == rememberedIDs {
		r.now, r.before = make(map[string]bool, rememberedIDs), r.now
	}
	r.now[id] = true
	return true
}
