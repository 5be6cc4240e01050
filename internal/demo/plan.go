package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
)

// Plan says how much is made, and from which seed.
type Plan struct {
	Profiles int
	Events   int // of the visitors; the platform adds its own
	Days     int // that the visits are spread over
	Seed     uint64
	End      time.Time // when the last visit is over
}

// DefaultPlan is a month of a middling shop, up to now.
func DefaultPlan() Plan {
	return Plan{Profiles: 10_000, Events: 200_000, Days: 30, Seed: 1, End: time.Now()}
}

// Check explains what cannot be made.
func (p Plan) Check() error {
	switch {
	case p.Profiles < 1 || p.Profiles > 10_000_000:
		return tracardi.InvalidField("profiles", "must be from 1 to 10000000, not %d", p.Profiles)
	case p.Events < p.Profiles:
		return tracardi.InvalidField("events", "must be at least as many as profiles, %d, since each visitor does something; not %d", p.Profiles, p.Events)
	case p.Events > 1_000_000_000:
		return tracardi.InvalidField("events", "must be at most 1000000000, not %d", p.Events)
	case p.Days < 1 || p.Days > 3650:
		return tracardi.InvalidField("days", "must be from 1 to 3650, not %d", p.Days)
	}
	return nil
}

// maxVisit is the largest number of events in a visit.
const maxVisit = 15

// visit is one visit of a person, without what happens in it.
type visit struct {
	at     time.Time
	length time.Duration // from the first event to the last
	person int
	number int // of this person's visits, from 0
	events int
}

// visits lists all visits in the order of time. Visits of one person do not overlap.
func (p Plan) visits() []visit {
	hours := p.busyHours()
	var list []visit
	total := 0.0
	for i := range p.Profiles {
		total += p.weight(i)
	}
	extra, sum, given := p.Events-p.Profiles, 0.0, 0
	for i := range p.Profiles {
		sum += p.weight(i)
		share := int(float64(extra)*sum/total) - given
		if i == p.Profiles-1 {
			share = extra - given
		}
		given += share
		list = p.visitsOf(list, i, 1+share, hours)
	}
	slices.SortStableFunc(list, func(a, b visit) int { return a.at.Compare(b.at) })
	return list
}

// Streams of random numbers, so that each choice can be made again without those before it.
const (
	streamWeight = iota
	streamVisits
	streamPerson
	streamJourney
	streamTimes
)

func (p Plan) random(stream, person, number int) *rand.Rand {
	return rand.New(rand.NewPCG(p.Seed, uint64(stream)<<60|uint64(person)<<24|uint64(number)))
}

// id makes the same id for the same thing of the same seed.
func (p Plan) id(kind string, numbers ...int) string {
	return uuid.NewSHA1(uuid.Nil, fmt.Append(nil, "demo/", p.Seed, "/", kind, numbers)).String()
}

// weight is how active a person is: many look in once, a few come often.
func (p Plan) weight(person int) float64 {
	return 0.1 + p.random(streamWeight, person, 0).ExpFloat64()
}

// visitsOf shares the events of a person out to visits.
func (p Plan) visitsOf(list []visit, person, events int, hours busyHours) []visit {
	random := p.random(streamVisits, person, 0)
	first := len(list)
	for left := events; left > 0; {
		n := 4 + random.IntN(maxVisit-3)
		if random.IntN(4) == 0 {
			n = 1 + random.IntN(3)
		}
		n = min(n, left)
		list = append(list, visit{person: person, number: len(list) - first, events: n})
		left -= n
	}
	own := list[first:]
	// Some of those who come again were here before the first day, others are new.
	begin := 0.0
	if len(own) > 1 {
		begin = max(0, 1.2*random.Float64()-0.5)
	}
	step := (1 - begin) / float64(len(own))
	for i := range own {
		own[i].at = hours.at(begin + (float64(i)+random.Float64())*step)
	}
	for i := range own {
		next := p.End
		if i+1 < len(own) {
			next = own[i+1].at
		}
		wanted := time.Duration(own[i].events) * time.Duration(15+random.IntN(45)) * time.Second
		own[i].length = min(wanted, next.Sub(own[i].at)*9/10)
	}
	return list
}
