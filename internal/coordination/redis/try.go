package redis

import (
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"
)

// tryScript writes, reads and removes one key, as the gateway's scripts do.
var tryScript = goredis.NewScript(`
redis.call('TIME')
redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000)
local held = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return held`)

// Try runs a harmless script on a key of an environment that nothing else uses: it shows whether Redis is reached,
// takes the credentials, and lets the gateway write.
func (c *Connection) Try(ctx context.Context, environment string) error {
	key := "opsgraph:check:v1:" + environment
	if err := tryScript.Run(ctx, Client(c), []string{key}, "1").Err(); err != nil {
		return fmt.Errorf("try redis: %w", err)
	}
	return nil
}

// Answer returns the text that Redis itself sent as an error; empty when it sent none.
func Answer(err error) string {
	var answered goredis.Error
	if errors.As(err, &answered) {
		return answered.Error()
	}
	return ""
}
