package pebble

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

// oldestOf is how many delayed messages that became ready are compared: they are not in the order of publishing.
const oldestOf = 256

// depth counts the messages.
func (l *line) depth(now uint64) (d storage.Depth, err error) {
	t := l.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	l.resume(now)
	if err := l.advance(now); err != nil {
		return d, err
	}
	q := t.queue
	q.mu.Lock()
	waiting := int64(l.retrying)
	d.Ready, d.Delayed, d.Dead = l.counts[stateReady]+l.passed-waiting, l.counts[stateDelayed]-l.passed+waiting, l.counts[stateDead]
	q.mu.Unlock()
	if d.Ready > 0 {
		d.Oldest, err = l.oldest(now)
	}
	return d, err
}

// oldest returns when the oldest ready message was published.
func (l *line) oldest(now uint64) (oldest time.Time, err error) {
	for state, to := range [2]location{stateReady: {due: 1}, stateDelayed: {due: now + 1}} {
		iter, err := l.iter(l.low[state], to)
		if err != nil {
			return oldest, err
		}
		n := 0
		for valid := iter.First(); valid && n < oldestOf; valid = iter.Next() {
			at, notKey := l.location(iter.Key())
			m, notMessage := parseMessage(iter.Value())
			if err := errors.Join(notKey, notMessage); err != nil {
				return oldest, errors.Join(err, iter.Close())
			}
			if n++; n == 1 {
				l.low[state] = at
			}
			if m.until <= now && (oldest.IsZero() || m.At.Before(oldest)) {
				oldest = m.At
			}
			if state == stateReady && m.until <= now {
				break // the others were published later
			}
		}
		if err := iter.Close(); err != nil {
			return oldest, err
		}
	}
	return oldest, nil
}

// deadLetters reads the first dead letters.
func (l *line) deadLetters(limit int) ([]stored, error) {
	iter, err := l.topic.queue.store.db.NewIter(&pebble.IterOptions{LowerBound: l.key(location{due: buried}), UpperBound: after(l.messages)})
	if err != nil {
		return nil, err
	}
	var letters []stored
	for valid := iter.First(); valid && len(letters) < limit; valid = iter.Next() {
		at, err := l.location(iter.Key())
		if err == nil {
			var m stored
			m, err = l.parse(at, bytes.Clone(iter.Value()))
			letters = append(letters, m)
		}
		if err != nil {
			return nil, errors.Join(err, iter.Close())
		}
	}
	return letters, iter.Close()
}

// replay publishes some dead letters again, those with one of the ids or just the oldest.
func (l *line) replay(ids []string) (n int, err error) {
	q := l.topic.queue
	q.store.changing.Lock()
	defer q.store.changing.Unlock()
	var letters []stored
	if len(ids) == 0 {
		letters, err = l.deadLetters(replayAtOnce)
	} else {
		letters, err = l.findLetters(ids)
	}
	if err != nil || len(letters) == 0 {
		return 0, err
	}
	slices.SortFunc(letters, func(a, b stored) int { return cmp.Compare(a.place.number, b.place.number) })
	e := l.edit()
	for i := range letters {
		m := &letters[i]
		number, err := q.number()
		e.do(err)
		e.remove(m.place, m.ID)
		m.Attempt, m.Reason, m.At = 0, "", q.now()
		e.put(location{number: number}, &m.Message, 0)
	}
	q.mu.Lock()
	l.touch(0)
	q.mu.Unlock()
	return len(letters), e.apply()
}

// findLetters reads the dead letters with some ids.
func (l *line) findLetters(ids []string) ([]stored, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var all []stored
	for _, id := range slices.Compact(ids) {
		places, err := l.find(id)
		if err != nil {
			return nil, err
		}
		for _, at := range places {
			if at.due != buried {
				continue
			}
			m, err := l.get(at)
			if err != nil {
				return nil, err
			}
			if m != nil {
				all = append(all, *m)
			}
		}
	}
	return all, nil
}

// pick reads the next dead letters from a place on, and tells which of them are picked and where the others go on. more is false
// behind the last.
func (l *line) pick(from location, which func(*storage.Message) bool) (picked []stored, next location, more bool, err error) {
	iter, err := l.topic.queue.store.db.NewIter(&pebble.IterOptions{LowerBound: l.key(from), UpperBound: after(l.messages)})
	if err != nil {
		return nil, from, false, err
	}
	valid := iter.First()
	for seen := 0; valid && seen < replayAtOnce; seen++ {
		at, err := l.location(iter.Key())
		if err != nil {
			return nil, from, false, errors.Join(err, iter.Close())
		}
		m, err := l.parse(at, bytes.Clone(iter.Value()))
		if err != nil {
			return nil, from, false, errors.Join(err, iter.Close())
		}
		if which(&m.Message) {
			picked = append(picked, m)
		}
		next = location{due: at.due, number: at.number + 1}
		valid = iter.Next()
	}
	return picked, next, valid, iter.Close()
}

// discard removes dead letters, unless they were replayed in the meantime, and returns how many there were.
func (l *line) discard(letters []stored) (n int, err error) {
	if len(letters) == 0 {
		return 0, nil
	}
	l.topic.queue.store.changing.Lock()
	defer l.topic.queue.store.changing.Unlock()
	e := l.edit()
	for i := range letters {
		there, err := l.get(letters[i].place)
		e.do(err)
		if there != nil {
			e.remove(there.place, there.ID)
			n++
		}
	}
	return n, e.apply()
}
