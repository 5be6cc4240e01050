package redis

import (
	"context"
	"crypto/rand"
	"hash/fnv"
	mathrand "math/rand/v2"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// Locks is a storage.Locks that processes share. Within the process those who want the same name stand in a line of their own,
// so that the server is asked by one of them at a time; between processes who waits asks again and again.
//
// A lease says that nobody else has the lock, as long as the server keeps its data and the clocks run evenly. Where a second
// holder would do harm, the fence or the version of a document must tell, and in the platform it does.
type Locks struct {
	client  *client
	inside  *memory.Locks
	over    context.Context
	end     context.CancelFunc
	returns chan *lock    // leases that are given back
	done    chan struct{} // closed when the last of them is
}

// lock is a storage.Lock.
type lock struct {
	locks  *Locks
	inside storage.Lock
	key    string
	token  string // of this lease, so that another holder's is left alone
	fence  int64
	until  time.Time
}

// Waiting asks again after a random part of these.
const (
	leastWait = 2 * time.Millisecond
	mostWait  = 50 * time.Millisecond
)

// OpenLocks connects to the server that a URL names.
func OpenLocks(ctx context.Context, address string) (*Locks, error) {
	c, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	l := &Locks{client: c, inside: memory.NewLocks(), returns: make(chan *lock, 4096), done: make(chan struct{})}
	l.over, l.end = context.WithCancel(context.Background())
	go l.giveBack()
	return l, nil
}

// take makes a lease when there is none, and gives it a fence above all before: the number after the last one or, when the
// server has lost that, its clock in microseconds.
var take = rueidis.NewLuaScript(`
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
local fence, now = redis.call('INCR', KEYS[2]), redis.call('TIME')
local floor = now[1] * 1000000 + now[2]
if fence < floor then
  fence = floor
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
end
return string.format('%.0f', fence)`)

// free ends a lease if it is still this holder's. Its text goes along each time: to run a script by its sum many times, the client
// loads it into the server before, which is one more round.
var free = rueidis.NewLuaScriptNoSha(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

// extend begins the time of a lease anew if it is still this holder's.
var extend = rueidis.NewLuaScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`)

// keys names a lock and the counter of its fence. Their common part in braces keeps them on one server of a cluster.
func (l *Locks) keys(tenant, name string) []string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name)) // never fails
	shard := ":lock:{" + strconv.Itoa(int(hash.Sum32()%1024)) + "}"
	return []string{l.client.prefix + shard + strconv.Itoa(len(tenant)) + ":" + tenant + name, l.client.prefix + shard}
}

// Lock implements storage.Locks. A time to live of 0 or less is Invalid. A server that gives no answer makes it Unavailable.
func (l *Locks) Lock(ctx context.Context, tenant, name string, ttl time.Duration) (storage.Lock, error) {
	inside, err := l.inside.Lock(ctx, tenant, name, ttl)
	if err != nil {
		return nil, err
	}
	held := &lock{locks: l, inside: inside, token: rand.Text()}
	keys := l.keys(tenant, name)
	held.key = keys[0]
	for wait := leastWait; ; wait = min(2*wait, mostWait) {
		held.until = time.Now().Add(ttl)
		if held.fence, err = l.try(ctx, keys, held.token, ttl); err != nil {
			held.Unlock() // the server may have given it all the same
			return nil, err
		}
		if held.fence > 0 {
			return held, nil
		}
		select {
		case <-ctx.Done():
		case <-l.over.Done():
			return nil, tracardi.Errorf(tracardi.Unavailable, "the locks are closed")
		case <-time.After(leastWait + mathrand.N(wait)):
		}
	}
}

// try asks for the lease once. A fence of 0: somebody else has it.
func (l *Locks) try(ctx context.Context, keys []string, token string, ttl time.Duration) (int64, error) {
	message, err := l.client.call(ctx, "wait for a lock", func(ctx context.Context) rueidis.RedisResult {
		return take.Exec(ctx, l.client.Client, keys, []string{token, strconv.FormatInt(milliseconds(ttl), 10)})
	})
	if err != nil {
		return 0, err
	}
	return message.AsInt64()
}

// Fence implements storage.Lock.
func (l *lock) Fence() int64 { return l.fence }

// Extend implements storage.Lock.
func (l *lock) Extend(ctx context.Context, ttl time.Duration) error {
	until := time.Now().Add(ttl)
	message, err := l.locks.client.call(ctx, "extend a lock", func(ctx context.Context) rueidis.RedisResult {
		return extend.Exec(ctx, l.locks.client.Client, []string{l.key}, []string{l.token, strconv.FormatInt(milliseconds(ttl), 10)})
	})
	if err != nil {
		return err
	}
	if extended, err := message.AsBool(); err != nil || !extended {
		return tracardi.Errorf(tracardi.Conflict, "the lease of a lock is over")
	}
	l.until = until
	return l.inside.Extend(ctx, ttl)
}

// Unlock implements storage.Lock. It does not wait for the server. After the lease is over, and the second time, it does nothing.
func (l *lock) Unlock() {
	select {
	case l.locks.returns <- l:
	case <-l.locks.over.Done():
	}
}

// giveBack ends leases, many at a time. What the server does not hear is said again until the lease is over anyway.
func (l *Locks) giveBack() {
	defer close(l.done)
	var open []*lock
	for {
		var again <-chan time.Time
		if len(open) > 0 {
			again = time.After(100 * time.Millisecond)
		}
		select {
		case <-l.over.Done():
			l.tell(append(open, l.waiting()...))
			return
		case next := <-l.returns:
			open = append(append(open, next), l.waiting()...)
		case <-again:
		}
		open = l.tell(open)
	}
}

// waiting takes what else is to be given back now.
func (l *Locks) waiting() (list []*lock) {
	for range len(l.returns) {
		list = append(list, <-l.returns)
	}
	return list
}

// tell gives leases back and returns those that the server did not hear of and still keeps. Whoever waits in this process may
// ask at once.
func (l *Locks) tell(list []*lock) (unheard []*lock) {
	commands := make([]rueidis.LuaExec, len(list))
	for i, held := range list {
		commands[i] = rueidis.LuaExec{Keys: []string{held.key}, Args: []string{held.token}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), answer)
	defer cancel()
	for i, result := range free.ExecMulti(ctx, l.client.Client, commands...) {
		list[i].inside.Unlock()
		if result.Error() != nil && time.Now().Before(list[i].until) {
			unheard = append(unheard, list[i])
		}
	}
	return unheard
}

// Ping tells whether the server answers.
func (l *Locks) Ping(ctx context.Context) error { return l.client.ping(ctx) }

// Close gives back what is to be given back and sends away who waits. A second call does nothing; locks cannot be taken any more.
func (l *Locks) Close() error {
	l.end()
	<-l.done
	err := l.inside.Close()
	l.client.Close()
	return err
}
