package pulsar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/tracardi/tracardi-go"
)

// admin is Pulsar's REST interface. It says what of a topic is not acknowledged, which the brokers' protocol does not.
type admin struct {
	target *target
	http   *http.Client
}

func newAdmin(t *target) *admin {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = t.tls
	return &admin{t, &http.Client{Transport: transport, Timeout: 10 * time.Second}}
}

func (a *admin) close() { a.http.CloseIdleConnections() }

// do sends a request and returns its answer. Status codes that are expected are no errors.
func (a *admin) do(ctx context.Context, method, path, body string, into any, expected ...int) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, method, a.target.admin+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if a.target.token != nil {
		token, err := a.target.token()
		if err != nil {
			return 0, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := a.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	for _, status := range expected {
		if response.StatusCode == status {
			return status, nil
		}
	}
	if response.StatusCode >= 300 {
		return response.StatusCode, a.refusal(method, path, response.StatusCode, bytes.TrimSpace(text))
	}
	if into == nil {
		return response.StatusCode, nil
	}
	return response.StatusCode, json.Unmarshal(text, into)
}

func (a *admin) refusal(method, path string, status int, text []byte) error {
	kind := tracardi.Unavailable
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return tracardi.Errorf(tracardi.Invalid, "pulsar at %s refuses the token or its rights (%d to %s %s): name a file with ?token-file=FILE "+
			"whose token may produce and consume in the namespace %s", a.target.admin, status, method, path, a.target.namespace)
	}
	if status == http.StatusNotFound {
		kind = tracardi.Invalid
	}
	return tracardi.Errorf(kind, "pulsar at %s answers %d to %s %s: %s", a.target.admin, status, method, path, text)
}

// ping tells whether a broker would serve the namespace.
func (a *admin) ping(ctx context.Context) error {
	_, err := a.do(ctx, http.MethodGet, "/lookup/v2/topic/persistent/"+a.target.namespace+"/"+a.target.prefix, "", nil)
	return err
}

func (a *admin) topic(name string) string {
	return "/admin/v2/persistent/" + a.target.namespace + "/" + strings.ReplaceAll(name, ":", "%3A")
}

// position is the place of a message in its topic.
type position struct{ ledger, entry int64 }

func (p position) before(q position) bool {
	return p.ledger < q.ledger || p.ledger == q.ledger && p.entry < q.entry
}

func (p position) String() string { return fmt.Sprintf("%d:%d", p.ledger, p.entry) }

func positionOf(id pulsar.MessageID) position { return position{id.LedgerID(), id.EntryID()} }

func parsePosition(text string) (p position, err error) {
	ledger, entry, _ := strings.Cut(text, ":")
	if p.ledger, err = strconv.ParseInt(ledger, 10, 64); err == nil {
		p.entry, err = strconv.ParseInt(entry, 10, 64)
	}
	return p, err
}

// span is a range of acknowledged messages: those behind after, up to last.
type span struct{ after, last position }

// cursor says which messages of a topic a subscription has acknowledged.
type cursor struct {
	acknowledged position // everything up to here
	spans        []span   // and these behind it
	last         position // of the topic
	backlog      int64    // number of messages that are not acknowledged
}

func (c *cursor) has(p position) bool {
	if !c.acknowledged.before(p) {
		return true
	}
	for _, s := range c.spans {
		if s.after.before(p) && !s.last.before(p) {
			return true
		}
	}
	return false
}

// cursor reads the state of a subscription; nil when there is no such topic or subscription.
func (a *admin) cursor(ctx context.Context, topic, subscription string) (*cursor, error) {
	var stats struct {
		EntriesAddedCounter int64
		LastConfirmedEntry  string
		Cursors             map[string]struct {
			MarkDeletePosition          string
			IndividuallyDeletedMessages string
			MessagesConsumedCounter     int64
		}
	}
	status, err := a.do(ctx, http.MethodGet, a.topic(topic)+"/internalStats", "", &stats, http.StatusNotFound)
	if err != nil || status == http.StatusNotFound {
		return nil, err
	}
	found, ok := stats.Cursors[subscription]
	if !ok {
		return nil, nil
	}
	c := &cursor{backlog: stats.EntriesAddedCounter - found.MessagesConsumedCounter}
	if c.acknowledged, err = parsePosition(found.MarkDeletePosition); err == nil {
		c.last, err = parsePosition(stats.LastConfirmedEntry)
	}
	if err == nil {
		c.spans, err = parseSpans(found.IndividuallyDeletedMessages)
	}
	if err != nil {
		return nil, fmt.Errorf("read the state of topic %s: %w", topic, err)
	}
	return c, nil
}

// delayed is how many messages of a subscription the broker holds back until their time.
func (a *admin) delayed(ctx context.Context, topic, subscription string) (int64, error) {
	var stats struct {
		Subscriptions map[string]struct {
			MsgDelayed int64 `json:"msgDelayed"`
		} `json:"subscriptions"`
	}
	_, err := a.do(ctx, http.MethodGet, a.topic(topic)+"/stats", "", &stats, http.StatusNotFound)
	return stats.Subscriptions[subscription].MsgDelayed, err
}

var spanForm = regexp.MustCompile(`\((-?\d+:-?\d+)(?:\.\.|\x{2025})(-?\d+:-?\d+)\]`)

func parseSpans(text string) (spans []span, err error) {
	if strings.Count(text, "(") != len(spanForm.FindAllString(text, -1)) {
		return nil, fmt.Errorf("%q are no ranges of messages", text)
	}
	for _, match := range spanForm.FindAllStringSubmatch(text, -1) {
		var s span
		if s.after, err = parsePosition(match[1]); err != nil {
			return nil, err
		}
		if s.last, err = parsePosition(match[2]); err != nil {
			return nil, err
		}
		spans = append(spans, s)
	}
	return spans, nil
}
