package elastic

import (
	"context"
	"math"
	"net/http"

	"github.com/tracardi/tracardi-go"
)

const purgeAtOnce = 1000 // documents whose ids are compared

// purge removes from the copy what was deleted in the old index after it was copied: that leaves no write behind which could be
// copied. Where both have the same number of documents there is nothing to do; else the time is halved until few are left, whose
// ids are compared.
func (r *rebuild) purge(ctx context.Context) error {
	for _, index := range []string{r.from, r.to} {
		if err := r.refresh(ctx, index); err != nil {
			return err
		}
	}
	newest, err := r.store.outermost(ctx, r.to, false)
	if err != nil || newest == math.MinInt64 {
		return err
	}
	oldest, err := r.store.outermost(ctx, r.to, true)
	if err != nil {
		return err
	}
	if err := r.purgeBetween(ctx, oldest, newest+1); err != nil {
		return err
	}
	return r.refresh(ctx, r.to)
}

func (r *rebuild) purgeBetween(ctx context.Context, from, to int64) error {
	made, err := r.store.count(ctx, r.to, from, to)
	if err != nil {
		return err
	}
	old, err := r.store.count(ctx, r.from, from, to)
	if err != nil || old == made {
		return err
	}
	if made <= purgeAtOnce || to-from <= 1 {
		return r.purgeAmong(ctx, from, to)
	}
	middle := from + (to-from)/2
	if err := r.purgeBetween(ctx, from, middle); err != nil {
		return err
	}
	return r.purgeBetween(ctx, middle, to)
}

// purgeAmong compares the documents of a time one by one.
func (r *rebuild) purgeAmong(ctx context.Context, from, to int64) error {
	var behind []any
	for {
		request := clause{
			"query": query(timeRange(from, to)), "sort": append(timeOrder(true), clause{"tenant": "asc"}), "size": purgeAtOnce,
			"_source": []string{"tenant", "id", "at"}, "track_total_hits": false,
		}
		if behind != nil {
			request["search_after"] = behind
		}
		answer, err := ask[original](ctx, &plan{store: r.store}, request, "/"+r.to+"/_search")
		if err != nil {
			return err
		}
		hits := answer.Hits.Hits
		if err := r.purgeThese(ctx, hits); err != nil || len(hits) < purgeAtOnce {
			return err
		}
		last := hits[len(hits)-1].Source
		behind = []any{last.At, last.ID, last.Tenant}
	}
}

func (r *rebuild) purgeThese(ctx context.Context, hits []hit[original]) error {
	var asked []place
	for i := range hits {
		asked = append(asked, place{r.from, hits[i].ID})
	}
	there, err := get[written](ctx, r.store.client, asked, []string{"ver"})
	if err != nil {
		return err
	}
	var actions []action
	for i := range there {
		if !there[i].Found {
			at := place{r.store.indices.next(r.schema.Collection), hits[i].ID}
			actions = append(actions, action{verb: "delete", at: at, alias: true})
		}
	}
	for _, o := range r.store.client.bulkUntil(ctx, actions) {
		if err := o.err(r.store.client); err != nil && o.Status != http.StatusNotFound {
			return err
		}
	}
	return nil
}

// count counts the documents of an index in a time.
func (s *Store) count(ctx context.Context, index string, from, to int64) (int64, error) {
	var answer struct {
		Count  int64 `json:"count"`
		Shards struct {
			Failed int `json:"failed"`
		} `json:"_shards"`
	}
	err := s.client.call(ctx, http.MethodPost, "/"+index+"/_count", clause{"query": query(timeRange(from, to))}, &answer)
	if err == nil && answer.Shards.Failed > 0 {
		err = tracardi.Errorf(tracardi.Unavailable, "some parts of the index %s did not answer: try again in a moment", index)
	}
	return answer.Count, err
}
