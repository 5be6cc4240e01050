package pebble_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// damagedOptions make a store with tables, segments and something left in the log.
var damagedOptions = pebble.Options{MemTable: 256 << 10, SegmentRows: 64}

// folderWith makes a folder with a store in it and tells what it holds.
func folderWith(t *testing.T, orderly bool) (dir string, has map[string]uint64) {
	t.Helper()
	live := t.TempDir()
	s := open(t, live, damagedOptions)
	for range 3 {
		fill(t, s, acme, 300)
		s.Settle(t)
		s.Flush(t)
	}
	for range 25 { // of one batch each
		has = fill(t, s, acme, 4)
	}
	// The last batch of a log looks torn when it is damaged, so two more of them must follow the middle: the second one tells that
	// the first was synced. A log that was begun a moment ago is not there yet.
	for {
		s.Settle(t)
		name, before := newestLog(t, live)
		for range 2 {
			has = fill(t, s, acme, 4)
		}
		s.Settle(t)
		if same, size := newestLog(t, live); same == name && size/2 < before {
			break
		}
	}
	if orderly {
		check(t, s.Close())
		return live, has
	}
	dir = t.TempDir() // as a crash would leave it: nothing is being written now
	copyFolder(t, live, dir)
	return dir, has
}

func newestLog(t *testing.T, dir string) (name string, size int64) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "*.log")) // sorted, their numbers have six digits
	check(t, err)
	name = logs[len(logs)-1]
	info, err := os.Stat(name)
	check(t, err)
	return name, info.Size()
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	check(t, err)
	for _, entry := range entries {
		if name := entry.Name(); name != "LOCK" && name != "BALLAST" {
			data, err := os.ReadFile(filepath.Join(from, name))
			check(t, err)
			check(t, os.WriteFile(filepath.Join(to, name), data, 0o600))
		}
	}
}

// TestDamage damages every file of a store in many ways. Either that is noticed, at the start or soon after, and said
// clearly, or nothing is lost.
func TestDamage(t *testing.T) {
	t.Parallel()
	for _, orderly := range []bool{true, false} {
		dir, has := folderWith(t, orderly)
		entries, err := os.ReadDir(dir)
		check(t, err)
		noticed := map[string]int{}
		for _, entry := range entries {
			name := entry.Name()
			if name == "LOCK" || name == "BALLAST" {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, name))
			check(t, err)
			for what, damaged := range damages(data) {
				t.Run(fmt.Sprintf("orderly %v/%s/%s", orderly, name, what), func(t *testing.T) {
					if !orderly && mayBeTorn(name, what) {
						return
					}
					copied := t.TempDir()
					copyFolder(t, dir, copied)
					check(t, os.Remove(filepath.Join(copied, name)))
					if damaged != nil {
						check(t, os.WriteFile(filepath.Join(copied, name), damaged, 0o600))
					}
					if noticesDamage(t, copied) {
						noticed[filepath.Ext(name)]++
					} else {
						complete(t, copied, has)
					}
				})
			}
		}
		if noticed[".sst"] == 0 || noticed[".log"] == 0 {
			t.Errorf("damage was noticed in %v, want tables and logs among them", noticed)
		}
	}
}

// mayBeTorn tells whether a damage looks like what a crash leaves: the end of a file that was being written is missing, or a
// log was not made yet.
func mayBeTorn(name, what string) bool {
	flippedBefore := what == "flipped in the middle" || what == "flipped at the start"
	return strings.HasSuffix(name, ".log") && !flippedBefore ||
		strings.HasPrefix(name, "MANIFEST") && !flippedBefore && what != "removed"
}

// damages returns what may become of a file; nil is its end.
func damages(data []byte) map[string][]byte {
	all := map[string][]byte{"removed": nil}
	if len(data) == 0 {
		return all
	}
	all["emptied"] = []byte{}
	all["cut"] = data[:len(data)/2]
	all["cut at the end"] = data[:len(data)-1]
	for where, at := range map[string]int{"start": 3, "middle": len(data) / 2, "end": len(data) - 2} {
		if at < 0 || at >= len(data) {
			continue
		}
		flipped := append([]byte(nil), data...)
		flipped[at] ^= 0x40
		all["flipped at the "+where] = flipped
	}
	all["flipped in the middle"] = all["flipped at the middle"]
	delete(all, "flipped at the middle")
	return all
}

// noticesDamage opens a folder and tells whether the store says that it is damaged.
func noticesDamage(t *testing.T, dir string) bool {
	t.Helper()
	s, err := pebble.Open(t.Context(), dir, damagedOptions)
	if err != nil {
		if !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "backup") || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %q, want it to say that %s is damaged", err, dir)
		}
		return true
	}
	defer func() { check(t, s.Close()) }()
	s.Verified(t)
	err = s.Ping(t.Context())
	if err == nil {
		return false
	}
	if tracardi.KindOf(err) != tracardi.Unavailable || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %q, want that the records are unavailable, being damaged", err)
	}
	for _, q := range []storage.Query{{}, {Where: where(t, "n > 3")}} { // no panic, whatever they say
		_, _ = s.Count(t.Context(), acme, storage.Events, q)
		_, _ = s.Search(t.Context(), acme, storage.Events, q)
		_, _ = s.Search(t.Context(), acme, storage.Profiles, q)
	}
	return true
}

func complete(t *testing.T, dir string, want map[string]uint64) {
	t.Helper()
	s := open(t, dir, damagedOptions)
	if diff := cmp.Diff(want, consistent(t, s, acme)); diff != "" {
		t.Errorf("the damage was not noticed, and this is lost (-want +got):\n%s", diff)
	}
}
