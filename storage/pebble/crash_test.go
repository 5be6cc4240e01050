package pebble_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

const people = 8

// small options make a store that flushes, compacts and makes segments all the time.
var small = pebble.Options{MemTable: 128 << 10, SegmentRows: 32, Rewrite: 10 * time.Millisecond}

// keepWriting adds visits of one person until write returns an error, and calls acknowledged with their number.
func keepWriting(s *pebble.Store, person string, acknowledged func(visits uint64)) error {
	docs, err := s.Read(context.Background(), acme, storage.Profiles, []string{person})
	if err != nil {
		return err
	}
	for n := docs[0].Version; ; n++ {
		id := fmt.Sprintf("%s-%d", person, n)
		err := commit(s, acme, visit(id, person, n, noon.Add(time.Duration(n)*time.Second)))
		if err != nil {
			return err
		}
		acknowledged(n + 1)
	}
}

// writeUntilKilled is the child of TestKill. Each line it prints is acknowledged.
func writeUntilKilled(dir string) {
	s, err := pebble.Open(context.Background(), dir, small)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var running sync.WaitGroup
	for i := range people {
		running.Go(func() {
			err := keepWriting(s, "p"+strconv.Itoa(i), func(visits uint64) { fmt.Printf("%d %d\n", i, visits) })
			fmt.Println(err)
			os.Exit(1)
		})
	}
	running.Wait()
}

// TestKill kills a process that writes, again and again. What it acknowledged is there once, and all agrees.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 5 {
		child := childProcess(dir)
		out, err := child.StdoutPipe()
		check(t, err)
		check(t, child.Start())
		acknowledged := map[string]uint64{}
		lines := bufio.NewScanner(out)
		for enough := 100 + rand.IntN(1000); lines.Scan(); {
			var person, visits uint64
			if _, err := fmt.Sscanf(lines.Text(), "%d %d", &person, &visits); err != nil {
				t.Fatalf("the child says %q", lines.Text())
			}
			acknowledged["p"+strconv.FormatUint(person, 10)] = visits
			if enough--; enough == 0 {
				check(t, child.Process.Kill())
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := open(t, dir, small)
		atLeast(t, consistent(t, s, acme), acknowledged)
		s.Settle(t)
		atLeast(t, consistent(t, s, acme), acknowledged)
		check(t, s.Close())
	}
}

// atLeast checks that nobody has fewer visits than were acknowledged.
func atLeast(t *testing.T, got, want map[string]uint64) {
	t.Helper()
	for person, visits := range want {
		if got[person] < visits {
			t.Errorf("%s has %d visits, and %d were acknowledged", person, got[person], visits)
		}
	}
}

// memoryDisk is a disk that can lose what was not synced. The library's own way of using a file again waits for ever when the
// power is cut at this moment.
type memoryDisk struct{ *vfs.MemFS }

func (d memoryDisk) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := d.Remove(old); err != nil {
		return nil, err
	}
	return d.Create(name, category)
}

func newMemoryDisk() memoryDisk { return memoryDisk{vfs.NewCrashableMem()} }

// cut is what a power cut leaves; of what was not synced a part in percent may be there.
func (d memoryDisk) cut(percent int, seed uint64) memoryDisk {
	return memoryDisk{d.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rand.New(rand.NewPCG(seed, 1))})}
}

// TestPowerCut loses what was not synced at some moment, all of it or a part, while eight write.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	disk := newMemoryDisk()
	for round := range 12 {
		s, err := pebble.Open(t.Context(), "records", small.On(disk))
		check(t, err)
		var mu sync.Mutex
		acknowledged := map[string]uint64{}
		total := 0
		var running sync.WaitGroup
		for i := range people {
			person := "p" + strconv.Itoa(i)
			running.Go(func() {
				err := keepWriting(s, person, func(visits uint64) {
					mu.Lock()
					defer mu.Unlock()
					acknowledged[person] = visits
					total++
				})
				if tracardi.KindOf(err) != tracardi.Unavailable {
					t.Errorf("got %v, want that the store is closed", err)
				}
			})
		}
		enough := 10 + rand.IntN(400)
		eventually(t, "enough is written", func() bool { mu.Lock(); defer mu.Unlock(); return total > enough })
		mu.Lock()
		before := map[string]uint64{}
		for person, visits := range acknowledged {
			before[person] = visits
		}
		mu.Unlock()
		after := disk.cut([]int{0, 50, 100}[round%3], uint64(round))
		check(t, s.Close())
		running.Wait()
		disk = after
		s, err = pebble.Open(t.Context(), "records", small.On(disk))
		check(t, err)
		atLeast(t, consistent(t, s, acme), before)
		check(t, s.Ping(t.Context()))
		check(t, s.Close())
	}
}

// TestSegmentsAreMadeAgain loses segments, which are not synced.
func TestSegmentsAreMadeAgain(t *testing.T) {
	disk := newMemoryDisk()
	s, err := pebble.Open(t.Context(), "records", pebble.Options{SegmentRows: 16}.On(disk))
	check(t, err)
	want := fill(t, s, acme, 160)
	s.Settle(t)
	made := len(s.Segments(acme, storage.Events))
	after := disk.cut(0, 0)
	check(t, s.Close())
	s, err = pebble.Open(t.Context(), "records", pebble.Options{SegmentRows: 16}.On(after))
	check(t, err)
	atLeast(t, consistent(t, s, acme), want)
	s.Settle(t)
	if again := len(s.Segments(acme, storage.Events)); made != 10 || again != made {
		t.Errorf("%d segments were made and %d again, want 10", made, again)
	}
	atLeast(t, consistent(t, s, acme), want)
	check(t, s.Close())
}
