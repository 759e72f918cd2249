package redis

import (
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// Fault is why Redis answers commands with a refusal: it is reached, yet is of no use until somebody acts.
type Fault struct {
	// Kind is from a closed list, for metrics: wrong_password, no_permission, read_only and so on.
	Kind string
	// Words say what is wrong, to follow "redis …".
	Words string
	// Advice says what to do, and names the settings to look at.
	Advice string
}

// KindUnreachable is the kind of a command that got no answer. It is no [Fault]: see [Connection.Healthy].
const KindUnreachable = "unreachable"

// refusal is one kind of refusal, recognised by how its text begins or by words within it. In an advice %s stands for
// the settings of the connection.
type refusal struct {
	Fault
	begins, has []string
}

// refusals lists what Redis 6.2 to 8 answer where it can't or may not run a command. Scripts put their own words
// around some of them.
func refusals() []refusal {
	return []refusal{
		{Fault{"no_password", "asks for a password", "give one in %s"}, []string{"NOAUTH"}, nil},
		{
			Fault{
				"wrong_password", "refuses the user or the password",
				"look at %s; a password file is read again for each new connection, so a right one counts at once",
			},
			[]string{"WRONGPASS", "ERR invalid password", "ERR AUTH", "ERR Client sent AUTH"}, nil,
		},
		{
			Fault{
				"no_permission", "does not let its user run a command or touch a key",
				"give the user of %s the ACL of docs/operations.md",
			},
			[]string{"NOPERM"}, []string{"The user executing the script can't"},
		},
		{
			Fault{
				"unknown_command", "does not know a command",
				"use Redis 6.2 or later, or one like it, with all commands that docs/operations.md lists, in %s",
			},
			[]string{"ERR unknown command", "ERR unknown subcommand"}, []string{"Unknown Redis command called from script"},
		},
		{
			Fault{"read_only", "is a replica and takes no writes", "name the master in %s, or use redis+sentinel://"},
			[]string{"READONLY"}, nil,
		},
		{
			Fault{"out_of_memory", "is full and takes no writes", "raise maxmemory of the Redis of %s"},
			[]string{"OOM"}, nil,
		},
		{
			Fault{
				"cannot_save", "can't save to its disk and takes no writes",
				"look at the disk of the Redis of %s, or switch saving off there: the gateway needs none",
			},
			[]string{"MISCONF"}, nil,
		},
		{
			Fault{"loading", "still loads its data", "wait; where it lasts, look at the log of the Redis of %s"},
			[]string{"LOADING"}, nil,
		},
		{
			Fault{"no_master", "is a replica without its master", "look at the master of the Redis of %s"},
			[]string{"MASTERDOWN"}, nil,
		},
		{
			Fault{"no_replicas", "has too few replicas to take writes", "look at the replicas of the Redis of %s"},
			[]string{"NOREPLICAS"}, nil,
		},
		{
			Fault{"cluster_down", "is a Cluster that is down in part", "look at the nodes of the Cluster of %s"},
			[]string{"CLUSTERDOWN", "TRYAGAIN"}, nil,
		},
		{
			Fault{"is_cluster", "is a node of a Cluster", "add ?cluster=true to the address in %s"},
			[]string{"MOVED", "ASK ", "CROSSSLOT"}, nil,
		},
		{
			Fault{
				"too_many_clients", "has no room for another connection",
				"raise maxclients of the Redis of %s, or lower redis.pool_size",
			},
			[]string{"ERR max number of clients"}, nil,
		},
		{
			Fault{"busy", "runs a script that does not end", "look at who runs scripts on the Redis of %s"},
			[]string{"BUSY "}, nil,
		},
		{
			Fault{
				"protected", "takes connections of its own machine only",
				"set a password, or protected-mode no, in the Redis of %s",
			},
			[]string{"DENIED"}, nil,
		},
	}
}

// FaultOf returns what is wrong when err is a refusal by Redis; nil when it is none. settings are the names of the keys
// that the advice names.
func FaultOf(err error, settings string) *Fault {
	var answered goredis.Error
	if !errors.As(err, &answered) {
		return nil
	}
	text := answered.Error()
	for _, r := range refusals() {
		if !r.matches(text) {
			continue
		}
		found := r.Fault
		found.Advice = strings.Replace(found.Advice, "%s", settings, 1)
		return &found
	}
	return nil
}

func (r *refusal) matches(text string) bool {
	for _, begin := range r.begins {
		// Redis before 7 repeats an error of a script's command as "… -OOM …".
		if strings.HasPrefix(text, begin) || strings.Contains(text, ": -"+begin) {
			return true
		}
	}
	for _, words := range r.has {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
