package config

import "time"

// Live says how changes reach their subscribers.
type Live struct {
	Events     int           `yaml:"events" env:"OPSGRAPH_LIVE_EVENTS" max:"100000" doc:"Events that are held of each stream of changes, in Redis and in the memory of each replica with subscribers: who is further behind is told that events were missed."`
	KeptFor    time.Duration `yaml:"kept_for" env:"OPSGRAPH_LIVE_KEPT_FOR" doc:"How long a stream of changes is kept after the last poll: for so long a subscription can go on after an event."`
	LeaseFor   time.Duration `yaml:"lease_for" env:"OPSGRAPH_LIVE_LEASE_FOR" doc:"Longest time until another replica polls for subscribers when the one that did has died."`
	LookEvery  time.Duration `yaml:"look_every" env:"OPSGRAPH_LIVE_LOOK_EVERY" doc:"Longest time until a replica finds events that it was not told of, as after an outage of Redis."`
	AdmitEvery time.Duration `yaml:"admit_every" env:"OPSGRAPH_LIVE_ADMIT_EVERY" doc:"Time between two checks whether the caller of a WebSocket or event stream may still ask."`
}
