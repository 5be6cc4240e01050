package redis

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/tracardi/tracardi-go"
)

// Cache is a storage.Cache. A time to live of 0 or less lasts until the server needs the room. A counter reads as its decimal
// digits, and a value of decimal digits can be counted on. A server that gives no answer makes every call Unavailable.
type Cache struct{ client *client }

// OpenCache connects to the server that a URL names.
func OpenCache(ctx context.Context, address string) (*Cache, error) {
	c, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	return &Cache{c}, nil
}

// key puts the length of the tenant before it, so that no two pairs of names become one key.
func (c *Cache) key(tenant, name string) string {
	return c.client.prefix + ":cache:" + strconv.Itoa(len(tenant)) + ":" + tenant + name
}

// Get implements storage.Cache. The value belongs to the caller.
func (c *Cache) Get(ctx context.Context, tenant, name string) ([]byte, bool, error) {
	message, err := c.client.call(ctx, "read from the cache", func(ctx context.Context) rueidis.RedisResult {
		return c.client.Do(ctx, c.client.B().Get().Key(c.key(tenant, name)).Build())
	})
	if rueidis.IsRedisNil(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	text, err := message.ToString()
	return append([]byte{}, text...), err == nil, err
}

// Set implements storage.Cache.
func (c *Cache) Set(ctx context.Context, tenant, name string, value []byte, ttl time.Duration) error {
	_, err := c.client.call(ctx, "write to the cache", func(ctx context.Context) rueidis.RedisResult {
		set := c.client.B().Set().Key(c.key(tenant, name)).Value(string(value)) // a copy: the value is the caller's again
		if ttl <= 0 {
			return c.client.Do(ctx, set.Build())
		}
		return c.client.Do(ctx, set.PxMilliseconds(milliseconds(ttl)).Build())
	})
	return err
}

// milliseconds rounds a time to live up: 0 is none.
func milliseconds(ttl time.Duration) int64 { return int64((ttl-1)/time.Millisecond) + 1 }

// count adds to a counter and gives a new one its time to live. The sum is read as a text, since numbers of scripts have 53 bits.
var count = rueidis.NewLuaScript(`
local old = redis.call('EXISTS', KEYS[1])
redis.call('INCRBY', KEYS[1], ARGV[1])
if old == 0 and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('GET', KEYS[1])`)

// Add implements storage.Cache. A value that is no whole number is Invalid, as is a sum that does not fit into 64 bits.
func (c *Cache) Add(ctx context.Context, tenant, name string, n int64, ttl time.Duration) (int64, error) {
	life := "0"
	if ttl > 0 {
		life = strconv.FormatInt(milliseconds(ttl), 10)
	}
	message, err := c.client.call(ctx, "count in the cache", func(ctx context.Context) rueidis.RedisResult {
		return count.Exec(ctx, c.client.Client, []string{c.key(tenant, name)}, []string{strconv.FormatInt(n, 10), life})
	})
	if err != nil {
		if strings.Contains(err.Error(), "not an integer") || strings.Contains(err.Error(), "would overflow") {
			return 0, &tracardi.Error{Kind: tracardi.Invalid, Message: "cache key " + strconv.Quote(name) + " holds no number that this can be added to", Err: err}
		}
		return 0, err
	}
	text, err := message.ToString()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// Delete implements storage.Cache.
func (c *Cache) Delete(ctx context.Context, tenant string, names ...string) error {
	const doing = "delete from the cache"
	if err := c.client.check(ctx, doing); err != nil {
		return err
	}
	var commands rueidis.Commands // one for each key: keys of a cluster lie on several servers
	for _, name := range names {
		commands = append(commands, c.client.B().Del().Key(c.key(tenant, name)).Build())
	}
	if len(commands) == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	for _, result := range c.client.DoMulti(limited, commands...) {
		if err := result.Error(); err != nil {
			return c.client.failure(ctx, doing, err)
		}
	}
	return nil
}

// Ping implements storage.Cache.
func (c *Cache) Ping(ctx context.Context) error { return c.client.ping(ctx) }

// Close ends the connections. A second call does nothing; calls after it are Unavailable.
func (c *Cache) Close() error {
	c.client.Close()
	return nil
}
