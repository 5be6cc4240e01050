package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

func TestFailed(t *testing.T) {
	away := fmt.Errorf("read a profile: %w", tracardi.Errorf(tracardi.Unavailable, "the store is away"))
	odd := errors.New("odd")
	for _, test := range []struct {
		attempt int
		err     error
		want    storage.Verdict
	}{
		{1, odd, storage.Again(200 * time.Millisecond)},
		{5, odd, storage.Again(3200 * time.Millisecond)},
		{19, odd, storage.Again(time.Minute)},
		{20, odd, storage.Dead("odd")},
		{1, away, storage.Again(200 * time.Millisecond)},
		{6, away, storage.Again(5 * time.Second)},
		{100_000, away, storage.Again(5 * time.Second)}, // some days
	} {
		if got := storage.Failed(test.attempt, test.err); got != test.want {
			t.Errorf("attempt %d with %q: got %+v, want %+v", test.attempt, test.err, got, test.want)
		}
	}
}
