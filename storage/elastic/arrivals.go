package elastic

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// arrivalsAtOnce bounds what one answer holds, whatever the number of documents that was asked for.
const arrivalsAtOnce = 1000

// Arrivals implements storage.Records. An index numbers its writes; a place is an index and the last number that was given. Only
// numbers up to the index's checkpoint are given, below which no write is on its way.
func (s *Store) Arrivals(ctx context.Context, tenant string, c storage.Collection, after string, limit int) (storage.Page, error) {
	p, err := s.newPlan(ctx, tenant, c, storage.Query{})
	if err != nil {
		return storage.Page{}, err
	}
	if !p.schema.Immutable {
		return storage.Page{}, tracardi.InvalidField("collection", "%s documents change and have no order of arrival", c)
	}
	checkpoints, err := s.checkpoints(ctx, s.indices.alias(c))
	if err != nil {
		return storage.Page{}, err
	}
	names := make([]string, 0, len(checkpoints))
	for name := range checkpoints {
		names = append(names, name)
	}
	slices.Sort(names)
	if after == "" {
		last := names[len(names)-1]
		return storage.Page{Next: arrivalPlace(last, checkpoints[last])}, nil
	}
	index, number, err := s.parseArrivalPlace(c, after)
	if err != nil {
		return storage.Page{}, err
	}
	page := storage.Page{Next: after}
	for _, name := range names {
		if name < index {
			continue
		}
		if name > index {
			number = -1
		}
		page.Next = arrivalPlace(name, max(number, checkpoints[name]))
		if number >= checkpoints[name] {
			continue
		}
		docs, last, err := p.arrivals(ctx, name, number, checkpoints[name], min(limit, arrivalsAtOnce))
		if err != nil {
			return storage.Page{}, err
		}
		if page.Docs = docs; len(docs) > 0 {
			page.Next = arrivalPlace(name, last)
			return page, nil
		}
	}
	return page, nil
}

func arrivalPlace(index string, number int64) string { return fmt.Sprintf("%s:%d", index, number) }

func (s *Store) parseArrivalPlace(c storage.Collection, text string) (index string, number int64, err error) {
	index, digits, found := strings.Cut(text, ":")
	number, err = strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || !strings.HasPrefix(index, s.indices.alias(c)+"-") {
		return "", 0, tracardi.InvalidField("after", "is not a place that was given: use the last one, unchanged")
	}
	return index, number, nil
}

// checkpoints returns, for an index or each one behind an alias, the number up to which all writes are done.
func (s *Store) checkpoints(ctx context.Context, of string) (map[string]int64, error) {
	var answer struct {
		Indices map[string]struct {
			Shards map[string][]struct {
				Routing struct {
					Primary bool `json:"primary"`
				} `json:"routing"`
				SeqNo struct {
					LocalCheckpoint int64 `json:"local_checkpoint"`
				} `json:"seq_no"`
			} `json:"shards"`
		} `json:"indices"`
	}
	path := "/" + of + "/_stats/docs?level=shards&filter_path=indices.*.shards.*.routing.primary,indices.*.shards.*.seq_no.local_checkpoint"
	if err := s.client.call(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	checkpoints := map[string]int64{}
	for name, index := range answer.Indices {
		for _, copies := range index.Shards {
			for _, shard := range copies {
				if shard.Routing.Primary {
					checkpoints[name] = shard.SeqNo.LocalCheckpoint
				}
			}
		}
	}
	if len(checkpoints) == 0 {
		return nil, tracardi.Errorf(tracardi.Unavailable, "no index of %s is ready: try again in a moment", of)
	}
	return checkpoints, nil
}

// arrivals reads the documents of an index with numbers above one and up to another, and tells the last number.
func (p *plan) arrivals(ctx context.Context, index string, above, upTo int64, limit int) (docs []storage.Doc, last int64, err error) {
	if err := p.store.client.call(ctx, http.MethodPost, "/"+index+"/_refresh", nil, nil); err != nil {
		return nil, 0, err
	}
	numbers := clause{"range": clause{"_seq_no": clause{"gt": above, "lte": upTo}}}
	request := clause{
		"query": query(all(p.scope, numbers)), "sort": []any{"_seq_no"}, "size": limit, "_source": wholeDocument,
		"seq_no_primary_term": true, "track_total_hits": false,
	}
	answer, err := ask[found](ctx, p, request, "/"+index+"/_search")
	if err != nil {
		return nil, 0, err
	}
	for i := range answer.Hits.Hits {
		h := &answer.Hits.Hits[i]
		docs, last = append(docs, h.Source.doc()), h.SeqNo
	}
	return docs, last, nil
}
