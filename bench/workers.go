package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// workers measures what one more worker gives where the workers are what is short: each may use only a share of a processor, as a
// container with a limit does, so that servers, API and load have the rest. It runs on the servers of cluster.
func workers(ctx context.Context, s settings) error {
	servers, err := clusterServers()
	if err != nil {
		return err
	}
	set, err := startCluster(ctx, s, servers)
	if err != nil {
		return err
	}
	defer set.stop()
	sessions := newSessions(2000)
	load := queued{"page views of 2000 visitors", s.views, s.views, func(n int) []byte { return inQueue(returning(sessions)(0, n)) }}
	first := 0.0
	fmt.Printf("\n| workers with %.2f of a processor each | events/s | times that of one | processor time of an event |\n|---|---|---|---|\n", s.share)
	for n := range 3 {
		worker, err := startRole(ctx, s, "worker", set.args...)
		if err != nil {
			return err
		}
		set.workers = append(set.workers, worker)
		release, err := limitTo(worker.command.Process.Pid, s.share)
		if err != nil {
			return fmt.Errorf("limit a worker's processor time: %w (it needs root and control groups)", err)
		}
		defer release()
		if _, err := set.drain(ctx, queued{load.name, load.requests/5 + 1, 0, load.body}); err != nil { // to warm up
			return err
		}
		got, err := set.drain(ctx, load)
		if err != nil {
			return err
		}
		if n == 0 {
			first = got.events
		}
		fmt.Printf("| %d | %.0f | %.2f | %.0f µs |\n", n+1, got.events, got.events/first, got.cpu)
	}
	return nil
}

// limitTo lets a process use only so much of a processor, by a control group of either version. The second result moves it back and
// removes the group.
func limitTo(pid int, share float64) (release func(), err error) {
	const period = 20_000 // microseconds: short, so that a worker never pauses for long
	quota := int(share * period)
	root, settings := "/sys/fs/cgroup/cpu", map[string]string{"cpu.cfs_period_us": strconv.Itoa(period), "cpu.cfs_quota_us": strconv.Itoa(quota)}
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		root, settings = "/sys/fs/cgroup", map[string]string{"cpu.max": fmt.Sprintf("%d %d", quota, period)}
	}
	group := filepath.Join(root, "tracardi-bench-"+strconv.Itoa(pid))
	if err := os.Mkdir(group, 0o755); err != nil {
		return nil, err
	}
	for _, name := range []string{"cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.max"} {
		if value, ok := settings[name]; ok {
			err = errors.Join(err, os.WriteFile(filepath.Join(group, name), []byte(value), 0o644))
		}
	}
	err = errors.Join(err, os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o644))
	return func() {
		_ = os.WriteFile(filepath.Join(root, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o644) // it may have ended
		_ = os.Remove(group)                                                                    // left over, it limits nobody
	}, err
}
