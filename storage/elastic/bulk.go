package elastic

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// place is where a document lies.
type place struct{ index, id string }

func keyOf(index, id string) string { return index + "\x00" + id }

func placeOf(key string) place {
	index, id, _ := strings.Cut(key, "\x00")
	return place{index, id}
}

// hit is an answer on a document.
type hit[T any] struct {
	Index       string `json:"_index"`
	ID          string `json:"_id"`
	Found       bool   `json:"found"`
	SeqNo       int64  `json:"_seq_no"`
	PrimaryTerm int64  `json:"_primary_term"`
	Source      T      `json:"_source"`
	Error       *fault `json:"error"`
}

func (h *hit[T]) state(version uint64, stamp string) ordered.State {
	return ordered.State{Found: true, Version: version, Stamp: stamp, Mark: [2]int64{h.SeqNo, h.PrimaryTerm}, Of: h.Index}
}

type fault struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
}

// get fetches documents at once, as they are now, whether searches see them yet or not. Those of an index that does not exist
// are not found.
func get[T any](ctx context.Context, c *client, places []place, fields []string) ([]hit[T], error) {
	hits, err := getAll[T](ctx, c, places, fields)
	if err == nil {
		err = errorOf(c, hits)
	}
	return hits, err
}

// getAll is get that leaves it to the caller to look for errors of single documents.
func getAll[T any](ctx context.Context, c *client, places []place, fields []string) ([]hit[T], error) {
	if len(places) == 0 {
		return nil, nil
	}
	type ask struct {
		Index  string   `json:"_index"`
		ID     string   `json:"_id"`
		Source []string `json:"_source"`
	}
	request := struct {
		Docs []ask `json:"docs"`
	}{}
	for _, p := range places {
		request.Docs = append(request.Docs, ask{p.index, p.id, fields})
	}
	var answer struct {
		Docs []hit[T] `json:"docs"`
	}
	const path = "/_mget?filter_path=docs._index,docs._id,docs.found,docs._seq_no,docs._primary_term,docs._source,docs.error.type,docs.error.reason"
	if err := c.call(ctx, http.MethodPost, path, request, &answer); err != nil {
		return nil, err
	}
	if len(answer.Docs) != len(places) {
		return nil, tracardi.Errorf(tracardi.Internal, "asked for %d documents, the store answered on %d", len(places), len(answer.Docs))
	}
	return answer.Docs, nil
}

// errorOf is the first error of a document that cannot be read now.
func errorOf[T any](c *client, hits []hit[T]) error {
	for i := range hits {
		if f := hits[i].Error; f != nil && f.Type != "index_not_found_exception" {
			return c.classed(&refusal{http.StatusServiceUnavailable, f.Type, f.Reason})
		}
	}
	return nil
}

// action is one line of work in a bulk request.
type action struct {
	verb    string // create, index or delete
	at      place
	mark    *[2]int64 // what must be stored, for index
	above   int64     // for index, when there is no mark and it is not 0: only over something of a lower number
	alias   bool      // the index is an alias, which must exist
	content [][]byte  // of the document, in parts
}

func (a *action) append(dst []byte) []byte {
	dst = append(dst, `{"`...)
	dst = append(dst, a.verb...)
	dst = append(dst, `":{"_index":`...)
	dst = tracardi.AppendText(dst, a.at.index)
	dst = append(dst, `,"_id":`...)
	dst = tracardi.AppendText(dst, a.at.id)
	if a.mark != nil {
		dst = append(dst, `,"if_seq_no":`...)
		dst = strconv.AppendInt(dst, a.mark[0], 10)
		dst = append(dst, `,"if_primary_term":`...)
		dst = strconv.AppendInt(dst, a.mark[1], 10)
	}
	if a.above != 0 {
		dst = append(dst, `,"version_type":"external","version":`...)
		dst = strconv.AppendInt(dst, a.above, 10)
	}
	if a.alias {
		dst = append(dst, `,"require_alias":true`...)
	}
	dst = append(dst, "}}\n"...)
	if a.content != nil {
		for _, part := range a.content {
			dst = append(dst, part...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// outcome is what became of an action.
type outcome struct {
	Index       string `json:"_index"` // where it was done, when it was
	Status      int    `json:"status"`
	Result      string `json:"result"`
	SeqNo       int64  `json:"_seq_no"`
	PrimaryTerm int64  `json:"_primary_term"`
	Error       *fault `json:"error"`

	failed error // of the whole request
}

func (o *outcome) conflict() bool { return o.Status == http.StatusConflict }

// stale tells that the alias to which the action went is no more.
func (o *outcome) stale() bool {
	return o.failed == nil && o.Status == http.StatusNotFound && o.Error != nil && o.Error.Type == "index_not_found_exception"
}

// err is the error of an action that neither worked nor met a conflict.
func (o *outcome) err(c *client) error {
	switch {
	case o.failed != nil:
		return o.failed
	case o.Error == nil || o.conflict():
		return nil
	}
	return c.classed(&refusal{o.Status, o.Error.Type, o.Error.Reason})
}

const (
	bulkBytes = 16 << 20
	bulkPath  = "/_bulk?filter_path=items.*._index,items.*.status,items.*.result,items.*._seq_no,items.*._primary_term,items.*.error.type,items.*.error.reason"
)

// bulk does actions, each on its own, and tells what became of them in their order.
func (c *client) bulk(ctx context.Context, actions []action) []outcome {
	outcomes := make([]outcome, len(actions))
	for from := 0; from < len(actions); {
		var body []byte
		to := from
		for ; to < len(actions) && (to == from || len(body) < bulkBytes); to++ {
			body = actions[to].append(body)
		}
		c.bulkPart(ctx, body, outcomes[from:to])
		from = to
	}
	return outcomes
}

func (c *client) bulkPart(ctx context.Context, body []byte, outcomes []outcome) {
	var answer struct {
		Items []map[string]outcome `json:"items"`
	}
	err := c.send(ctx, http.MethodPost, bulkPath, "application/x-ndjson", body, &answer)
	if err == nil && len(answer.Items) != len(outcomes) {
		err = tracardi.Errorf(tracardi.Internal, "sent %d documents, the store answered on %d", len(outcomes), len(answer.Items))
	}
	for i := range outcomes {
		if err != nil {
			outcomes[i].failed = err
			continue
		}
		for _, o := range answer.Items[i] {
			outcomes[i] = o
		}
	}
}

// bulkUntil is bulk that tries again what may work in a moment, until ctx ends.
func (c *client) bulkUntil(ctx context.Context, actions []action) []outcome {
	outcomes := c.bulk(ctx, actions)
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var again []action
		var at []int
		for i := range outcomes {
			if err := outcomes[i].err(c); err != nil && tracardi.KindOf(err) == tracardi.Unavailable {
				again, at = append(again, actions[i]), append(at, i)
			}
		}
		if len(again) == 0 {
			return outcomes
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return outcomes
		}
		for n, o := range c.bulk(ctx, again) {
			outcomes[at[n]] = o
		}
	}
}
