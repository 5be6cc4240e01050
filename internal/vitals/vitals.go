// Package vitals tells how the processes of an installation do: which of them live, and what they took in during the last hour.
// Each keeps its own numbers and writes them into the cache, where the others read them.
package vitals

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	beat     = 5 * time.Second
	silence  = 15 * time.Second // after which a process counts as gone
	memory   = time.Hour
	slots    = 64 // of processes in the cache, which can't list its keys
	slotName = "process:%d"
)

// Bounds divide the times that payloads take, in seconds.
var Bounds = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// Counts are what a process took in.
type Counts struct {
	Payloads int64 `json:"payloads"`
	Events   int64 `json:"events"`
	Refused  int64 `json:"refused"` // answered with a client error
	Failed   int64 `json:"failed"`  // answered with a server error
}

// Minute is what happened within one minute.
type Minute struct {
	Time time.Time `json:"time"`
	Counts
	Took []int64 `json:"took"` // payloads by the time they took: up to each of Bounds, and more
}

// Process is one that lives.
type Process struct {
	ID      string    `json:"id"`
	Roles   []string  `json:"roles"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Seen    time.Time `json:"seen"`
	Minutes []Minute  `json:"minutes"` // oldest first, without those in which nothing happened
}

// Options describe this process.
type Options struct {
	ID      string // of the process, unlike any other's
	Roles   []string
	Version string
	Cache   storage.Cache
	Counts  func() Counts // since the start
	Log     *slog.Logger
	Beat    time.Duration    // between two signs of life; 0 means 5 s
	Now     func() time.Time // nil for time.Now
}

// Monitor keeps the numbers of this process. Its methods may be called concurrently.
type Monitor struct {
	o       Options
	started time.Time
	took    []atomic.Int64

	mu        sync.Mutex
	minutes   []Minute
	lastCount Counts
	lastTook  []int64
	slot      int
}

// New makes a monitor.
func New(o Options) *Monitor {
	if o.Beat == 0 {
		o.Beat = beat
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	place := fnv.New32a()
	_, _ = place.Write([]byte(o.ID)) // it never fails
	return &Monitor{
		o: o, started: o.Now().UTC(), slot: int(place.Sum32() % slots),
		took: make([]atomic.Int64, len(Bounds)+1), lastTook: make([]int64, len(Bounds)+1),
	}
}

// Observe notes how long a payload took.
func (m *Monitor) Observe(took time.Duration) {
	at, _ := slices.BinarySearch(Bounds, took.Seconds()) // a bound belongs to what is below it
	m.took[at].Add(1)
}

// Run gives signs of life until ctx ends, and takes them back then.
func (m *Monitor) Run(ctx context.Context) error {
	tick := time.NewTicker(m.o.Beat)
	defer tick.Stop()
	for failing := false; ; {
		err := m.publish(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			m.o.Log.Warn("this process cannot show the others that it lives", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = m.o.Cache.Delete(last, tracardi.DefaultTenant, fmt.Sprintf(slotName, m.slot)) // else it ends by itself
			return nil
		case <-tick.C:
		}
	}
}

// publish writes the numbers into the cache. A slot that another living process holds is left to it.
func (m *Monitor) publish(ctx context.Context) error {
	own := m.own()
	text, err := json.Marshal(own)
	if err != nil {
		return err
	}
	for range slots {
		other, err := m.read(ctx, m.slot)
		if err != nil {
			return err
		}
		if other == nil || other.ID == own.ID {
			return m.o.Cache.Set(ctx, tracardi.DefaultTenant, fmt.Sprintf(slotName, m.slot), text, 4*silence)
		}
		m.slot = (m.slot + 1) % slots
	}
	return tracardi.Errorf(tracardi.TooLarge, "more than %d processes run", slots)
}

// read returns the living process of a slot; nil when there is none.
func (m *Monitor) read(ctx context.Context, slot int) (*Process, error) {
	text, found, err := m.o.Cache.Get(ctx, tracardi.DefaultTenant, fmt.Sprintf(slotName, slot))
	if err != nil || !found {
		return nil, err
	}
	p := &Process{}
	if err := json.Unmarshal(text, p); err != nil || m.o.Now().Sub(p.Seen) > silence {
		return nil, nil //nolint:nilerr // what another version wrote is as good as nothing
	}
	return p, nil
}

// Processes lists the processes that live, this one first, the others by their ids.
func (m *Monitor) Processes(ctx context.Context) ([]Process, error) {
	own := m.own()
	all := []Process{own}
	for slot := range slots {
		p, err := m.read(ctx, slot)
		if err != nil {
			return all, err
		}
		if p != nil && p.ID != own.ID {
			all = append(all, *p)
		}
	}
	slices.SortFunc(all[1:], func(a, b Process) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// own describes this process as it is now.
func (m *Monitor) own() Process {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.o.Now().UTC()
	m.sample(now)
	p := Process{ID: m.o.ID, Roles: m.o.Roles, Version: m.o.Version, Started: m.started, Seen: now, Minutes: slices.Clone(m.minutes)}
	for i := range p.Minutes {
		p.Minutes[i].Took = slices.Clone(p.Minutes[i].Took)
	}
	return p
}

// sample adds what happened since the last time to the present minute.
func (m *Monitor) sample(now time.Time) {
	total := m.o.Counts()
	fresh := Minute{Time: now.Truncate(time.Minute), Took: make([]int64, len(m.took)), Counts: Counts{
		total.Payloads - m.lastCount.Payloads, total.Events - m.lastCount.Events,
		total.Refused - m.lastCount.Refused, total.Failed - m.lastCount.Failed,
	}}
	m.lastCount = total
	some := fresh.Counts != Counts{}
	for i := range m.took {
		n := m.took[i].Load()
		fresh.Took[i] = n - m.lastTook[i]
		m.lastTook[i] = n
		some = some || fresh.Took[i] > 0
	}
	m.minutes = slices.DeleteFunc(m.minutes, func(old Minute) bool { return now.Sub(old.Time) > memory })
	switch last := len(m.minutes) - 1; {
	case !some:
	case last >= 0 && m.minutes[last].Time.Equal(fresh.Time):
		m.minutes[last].Add(fresh)
	default:
		m.minutes = append(m.minutes, fresh)
	}
}

// Add adds what happened in the same minute elsewhere.
func (m *Minute) Add(other Minute) {
	m.Payloads += other.Payloads
	m.Events += other.Events
	m.Refused += other.Refused
	m.Failed += other.Failed
	if len(m.Took) < len(other.Took) {
		m.Took = append(slices.Clone(m.Took), make([]int64, len(other.Took)-len(m.Took))...)
	}
	for i, n := range other.Took {
		m.Took[i] += n
	}
}

// Quantile estimates the seconds within which a share of the payloads, such as 0.95, was done; 0 without payloads.
func (m *Minute) Quantile(share float64) float64 {
	total := int64(0)
	for _, n := range m.Took {
		total += n
	}
	wanted, seen := share*float64(total), int64(0)
	for i, n := range m.Took {
		if n == 0 || float64(seen+n) < wanted {
			seen += n
			continue
		}
		if i >= len(Bounds) {
			return Bounds[len(Bounds)-1]
		}
		low := 0.0
		if i > 0 {
			low = Bounds[i-1]
		}
		return low + (Bounds[i]-low)*(wanted-float64(seen))/float64(n)
	}
	return 0
}
