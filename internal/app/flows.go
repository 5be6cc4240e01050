package app

import (
	"time"

	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/internal/pipeline"
)

// flowWorkers are the runs of flows that go on at once. Most of their time is waiting for other systems.
const flowWorkers = 16

// keepOf says how long records are kept.
func keepOf(s *config.Settings) pipeline.Keep {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return pipeline.Keep{Events: days(s.KeepEvents), Logs: days(s.KeepLogs), Runs: days(s.KeepRuns)}
}
