package pebble

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go"
)

// diskGuard refuses writes while little room is left, and holds a ballast file that is given up when the room ends all the
// same, so that the engine can always finish what it has begun.
type diskGuard struct {
	fs      vfs.FS // as the engine sees it
	disk    vfs.FS
	dir     string
	ballast string
	reserve int64
	low     atomic.Bool
	log     *slog.Logger
}

func newDiskGuard(fs vfs.FS, dir string, reserve int64, log *slog.Logger) (*diskGuard, error) {
	g := &diskGuard{disk: fs, dir: dir, ballast: fs.PathJoin(dir, "BALLAST"), log: log}
	available, total, err := g.usage()
	if err != nil {
		return nil, fmt.Errorf("ask for the free space of %s: %w", dir, err)
	}
	if g.reserve = reserve; reserve == 0 {
		g.reserve = min(64<<20, total/10)
	}
	g.fs = vfs.OnDiskFull(fs, g.giveUpBallast)
	g.check(available)
	return g, nil
}

// usage returns the bytes that may be written and the size of the disk. Memory has no size.
func (g *diskGuard) usage() (available, total int64, err error) {
	usage, err := g.disk.GetDiskUsage(g.dir)
	if errors.Is(err, vfs.ErrUnsupported) {
		return math.MaxInt64, 0, nil
	}
	return int64(min(usage.AvailBytes, math.MaxInt64)), int64(min(usage.TotalBytes, math.MaxInt64)), err
}

// full returns an error while there is too little room to accept anything.
func (g *diskGuard) full() error {
	if !g.low.Load() {
		return nil
	}
	return &tracardi.Error{
		Kind: tracardi.Unavailable, RetryAfter: 5 * time.Second,
		Message: "the disk of the records is almost full: make room, and events are accepted again",
	}
}

func (g *diskGuard) watch(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	known := true
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		available, _, err := g.usage()
		if err != nil && known {
			g.log.Error("storage: the free space is unknown", "error", err)
		}
		if known = err == nil; known {
			g.check(available)
		}
	}
}

// check compares the free space with the reserve. A quarter of the reserve is the ballast, made while there is plenty.
func (g *diskGuard) check(available int64) {
	low := available < g.reserve/2
	if g.low.Load() && available < g.reserve {
		low = true // some more room before we begin again
	}
	if low != g.low.Swap(low) {
		g.log.Warn("storage: room on the disk", "low", low, "free_bytes", available, "needed_bytes", g.reserve)
	}
	if !low && g.reserve > 0 && available > g.reserve+g.reserve/4 {
		g.makeBallast()
	}
}

func (g *diskGuard) makeBallast() {
	if _, err := g.disk.Stat(g.ballast); err == nil {
		return
	}
	file, err := g.disk.Create(g.ballast, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = file.Write(make([]byte, g.reserve/4))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		g.log.Warn("storage: no ballast file", "error", err)
		g.giveUpBallast()
	}
}

func (g *diskGuard) giveUpBallast() {
	g.low.Store(true)
	_ = g.disk.Remove(g.ballast) // nothing more can be done when this fails too
}
