package elastic

import (
	"context"
	"net/http"
)

// Refresh makes searches see everything that is stored.
func (s *Store) Refresh(ctx context.Context) error {
	return s.client.call(ctx, http.MethodPost, "/"+s.indices.prefix+"-*/_refresh", nil, nil)
}

// Wipe deletes all indices of the prefix.
func (s *Store) Wipe(ctx context.Context) error {
	var names map[string]struct{}
	if err := s.client.call(ctx, http.MethodGet, "/"+s.indices.prefix+"-*/_alias", nil, &names); err != nil {
		return err
	}
	for name := range names {
		if err := s.client.call(ctx, http.MethodDelete, "/"+name, nil, nil); err != nil {
			return err
		}
	}
	return s.client.call(ctx, http.MethodDelete, "/_index_template/"+s.indices.prefix+"-*", nil, nil)
}
