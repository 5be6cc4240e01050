package pebble_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

func TestMessageRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Map(rapid.Int64Range(-1e18, 1e18), func(n int64) time.Time { return time.Unix(0, n).UTC() })
		m := storage.Message{
			ID: rapid.String().Draw(t, "id"), Key: rapid.String().Draw(t, "key"), Reason: rapid.String().Draw(t, "reason"),
			Attempt: rapid.IntRange(0, 1<<30).Draw(t, "attempt"), At: moment.Draw(t, "at"),
			Due: rapid.OneOf(rapid.Just(time.Time{}), moment).Draw(t, "due"),
		}
		if body := rapid.SliceOf(rapid.Byte()).Draw(t, "body"); len(body) > 0 {
			m.Body = body
		}
		until := rapid.Uint64().Draw(t, "until")
		back, again, err := pebble.RoundTrip(m, until)
		if diff := cmp.Diff(m, back); diff != "" || again != until || err != nil {
			t.Errorf("got until %d, error %v, want until %d; message (-want +got):\n%s", again, err, until, diff)
		}
		topic, state := rapid.String().Draw(t, "topic"), rapid.ByteRange(0, 2).Draw(t, "state")
		if name, which, err := pebble.ParseCountKey(topic, state); name != topic || which != state || err != nil {
			t.Errorf("got %q, %d, %v, want %q, %d", name, which, err, topic, state)
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, seed := range [][]byte{nil, {0, 1, 2, 0, 1, 'k', 0, 0, 'b'}, {0, 1, 2, 1, 4, 6, 200, 1}, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		before := string(value)
		if err := pebble.ParseMessage(value); err == nil && len(value) < 7 {
			t.Errorf("%d bytes are a message", len(value))
		}
		if string(value) != before {
			t.Error("reading changed the value")
		}
	})
}
