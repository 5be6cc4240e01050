package pebble_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// smallDisk mounts a disk of some megabytes, in memory.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("a small disk is needed, and mounting one is not allowed here: %v", err)
	}
	t.Cleanup(func() { check(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// fillDisk writes a file until nothing more fits, as another program would.
func fillDisk(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, "other")
	f, err := os.Create(file)
	check(t, err)
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else {
			check(t, err)
		}
	}
	check(t, f.Close())
	return file
}

// noise is a text that can't be compressed much.
func noise() string {
	var text strings.Builder
	for range 500 {
		fmt.Fprintf(&text, "%016x", rand.Uint64())
	}
	return text.String()
}

func wantFull(t *testing.T, err error) {
	t.Helper()
	full, ok := errors.AsType[*tracardi.Error](err)
	if !ok || full.Kind != tracardi.Unavailable || full.RetryAfter == 0 || !strings.Contains(full.Message, "full") {
		t.Errorf("got %v, want an unavailable error that says that the disk is full, and when to try again", err)
	}
}

// TestFullDisk writes until the disk is full, by itself and by another program. Nothing that was acknowledged is lost, and
// when there is room again the store goes on by itself.
func TestFullDisk(t *testing.T) {
	o := pebble.Options{MemTable: 1 << 20, SegmentRows: 1000, Reserve: 12 << 20}
	for _, other := range []bool{false, true} {
		t.Run(fmt.Sprintf("another program fills it %v", other), func(t *testing.T) {
			disk := smallDisk(t, 48)
			dir := filepath.Join(disk, "records")
			s := open(t, dir, o)
			has := map[string]uint64{}
			write := func(person string) error {
				n := has[person]
				set := visit(fmt.Sprintf("%s-%d", person, n), person, n, noon.Add(time.Duration(n)*time.Second))
				set[0].Doc.Body = bytes.Replace(set[0].Doc.Body, []byte(`"text":"`), []byte(`"text":"`+noise()), 1)
				err := commit(s, acme, set)
				if err == nil {
					has[person]++
				}
				return err
			}
			writeUntilFull := func() {
				for range 50_000 { // of which a few thousand fit
					if err := write("p"); err != nil {
						wantFull(t, err)
						return
					}
				}
				t.Fatal("the disk is never full")
			}
			var file string
			if other {
				for range 100 {
					check(t, write("p"))
				}
				file = fillDisk(t, disk)
			} else {
				ballast := filepath.Join(disk, "other")
				check(t, os.WriteFile(ballast, make([]byte, 16<<20), 0o600))
				file = ballast
			}
			writeUntilFull()
			wantFull(t, s.Ping(t.Context()))
			if diff := consistent(t, s, acme); diff["p"] != has["p"] {
				t.Errorf("on the full disk there are %d visits, want %d", diff["p"], has["p"])
			}
			_, err := s.Delete(t.Context(), acme, storage.Events, []string{"none"})
			check(t, err)

			check(t, os.Remove(file))
			eventually(t, "the store accepts documents again", func() bool { return write("p") == nil })
			check(t, s.Ping(t.Context()))
			check(t, s.Close())
			s = open(t, dir, o)
			atLeast(t, consistent(t, s, acme), has)
			check(t, write("p"))
		})
	}
}

// TestStartOnFullDisk opens a store whose disk has no byte left.
func TestStartOnFullDisk(t *testing.T) {
	o := pebble.Options{MemTable: 1 << 20, Reserve: 8 << 20}
	disk := smallDisk(t, 32)
	dir := filepath.Join(disk, "records")
	s := open(t, dir, o)
	has := fill(t, s, acme, 100)
	check(t, s.Close())
	file := fillDisk(t, disk)
	s = open(t, dir, o)
	wantFull(t, commit(s, acme, visit("e", "p", 0, noon)))
	atLeast(t, consistent(t, s, acme), has)
	check(t, os.Remove(file))
	eventually(t, "the store accepts documents again", func() bool { return commit(s, acme, visit("e", "p", 0, noon)) == nil })
}
