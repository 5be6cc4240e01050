package workspace

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
)

// KindErasures is the kind of the one item that tells all processes that somebody was erased. Whom, only the records know.
const KindErasures = "erasures"

// erasures is what it holds.
type erasures struct {
	Last time.Time `json:"last"`
}

// NoteErasure has every process look for tombstones, and forget whom it remembers. This one does when the call returns, the others
// within PollInterval.
func (w *Workspace) NoteErasure(ctx context.Context, tenant string, now time.Time) error {
	const attempts = 16
	kind := NewKind[erasures](w.config, KindErasures)
	var err error
	for range attempts {
		var entry Entry[erasures]
		entry, err = kind.Get(ctx, tenant, KindErasures)
		if err != nil && tracardi.KindOf(err) != tracardi.NotFound {
			return err
		}
		entry.ID, entry.Value.Last = KindErasures, now
		if _, err = kind.Put(ctx, tenant, entry); err == nil {
			return w.Refresh(ctx)
		}
		if tracardi.KindOf(err) != tracardi.Conflict {
			return err
		}
	}
	return err
}

func (w *Workspace) loadErasures(ctx context.Context, s *Snapshot, tenant string) error {
	found, err := readable(ctx, w, NewKind[erasures](w.config, KindErasures), tenant)
	s.Erasures = len(found) > 0
	return err
}
