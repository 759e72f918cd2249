package redis

import goredis "github.com/redis/go-redis/v9"

// The classes of commands, by what their time tells.
const (
	// ClassRead and ClassWrite are single commands on keys.
	ClassRead  = "read"
	ClassWrite = "write"
	// ClassScript is a script alone: quota, leases, events.
	ClassScript = "script"
	// ClassPipeline are several commands that are sent together.
	ClassPipeline = "pipeline"
	// ClassWait is the reading of streams, which waits for news: its time says nothing of Redis.
	ClassWait = "wait"
	// ClassServer asks for the server itself.
	ClassServer = "server"
)

// Classes lists the classes of commands.
func Classes() []string {
	return []string{ClassRead, ClassWrite, ClassScript, ClassPipeline, ClassWait, ClassServer}
}

// classOf is the class of commands that are sent together.
func classOf(cmds []goredis.Cmder) string {
	if len(cmds) != 1 {
		return ClassPipeline
	}
	switch cmds[0].Name() {
	case "eval", "evalsha":
		return ClassScript
	case "xread":
		return ClassWait
	case "ping", "hello", "info", "time", "select", "auth", "cluster", "command":
		return ClassServer
	case "get", "getrange", "hmget", "hgetall", "hkeys", "pttl", "type", "xrange", "xrevrange", "zrevrange":
		return ClassRead
	default:
		return ClassWrite
	}
}
