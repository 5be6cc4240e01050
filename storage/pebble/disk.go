package pebble

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go"
)

// diskGuard refuses writes while little room is left, and holds a ballast file that is given up when the room ends all the
// same, so that the engine can always finish what it has begun.
type diskGuard struct {
	fs      vfs.FS
	dir     string
	ballast string
	reserve int64
	low     atomic.Bool
	log     *slog.Logger
}

func newDiskGuard(dir string, reserve int64, log *slog.Logger) (*diskGuard, error) {
	g := &diskGuard{dir: dir, ballast: filepath.Join(dir, "BALLAST"), log: log}
	usage, err := vfs.Default.GetDiskUsage(dir)
	if err != nil {
		return nil, fmt.Errorf("ask for the free space of %s: %w", dir, err)
	}
	if g.reserve = reserve; reserve == 0 {
		g.reserve = min(64<<20, int64(usage.TotalBytes/10))
	}
	g.fs = vfs.OnDiskFull(vfs.Default, g.giveUpBallast)
	g.check()
	return g, nil
}

// full returns an error while there is too little room to accept anything.
func (g *diskGuard) full() error {
	if !g.low.Load() {
		return nil
	}
	return &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: 5 * time.Second,
		Message: fmt.Sprintf("the disk of %s is almost full: make room, and events are accepted again", g.dir)}
}

func (g *diskGuard) watch(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			g.check()
		}
	}
}

// check compares the free space with the reserve. A quarter of the reserve is the ballast, made while there is plenty.
func (g *diskGuard) check() {
	usage, err := vfs.Default.GetDiskUsage(g.dir)
	if err != nil {
		g.log.Error("storage: the free space is unknown", "error", err)
		return
	}
	available := int64(usage.AvailBytes)
	low := available < g.reserve/2
	if g.low.Load() && available < g.reserve {
		low = true // some more room before we begin again
	}
	if low != g.low.Swap(low) {
		g.log.Warn("storage: room on the disk", "low", low, "free_bytes", available, "needed_bytes", g.reserve)
	}
	if !low && available > g.reserve*5/4 {
		g.makeBallast()
	}
}

func (g *diskGuard) makeBallast() {
	if _, err := os.Stat(g.ballast); err == nil {
		return
	}
	if err := os.WriteFile(g.ballast, make([]byte, g.reserve/4), 0o600); err != nil {
		g.log.Warn("storage: no ballast file", "error", err)
	}
}

func (g *diskGuard) giveUpBallast() {
	g.low.Store(true)
	_ = os.Remove(g.ballast) // nothing more can be done when this fails too
}
