package storage_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

func TestIntervalStart(t *testing.T) {
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	f := func(width time.Duration, zone *time.Location, at, want string) {
		t.Helper()
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := (storage.Interval{Width: width, Zone: zone}).Start(moment).Format(time.RFC3339); got != want {
			t.Errorf("interval of %v begins at %s, want %s", width, got, want)
		}
	}
	day := 24 * time.Hour
	f(time.Minute, nil, "2026-03-29T10:11:12Z", "2026-03-29T10:11:00Z")
	f(time.Hour, kolkata, "2026-03-29T10:11:12Z", "2026-03-29T15:00:00+05:30")
	f(day, kolkata, "2026-03-29T19:00:00Z", "2026-03-30T00:00:00+05:30")
	f(day, warsaw, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00")
	f(7*day, nil, "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z")
	f(7*day, nil, "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z")
}
