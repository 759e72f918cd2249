package redis

import (
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// A write that tries Redis goes to the node that refused, by Redis's own rule of slots.
func TestBesideKeyIsInTheSameSlot(t *testing.T) {
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir())
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	for _, key := range []string{"a", "opsgraph:lease:v1:x:{0af}:fence", "a{b", "{a}{b}", "opsgraph:x:document:1"} {
		want, err := client.ClusterKeySlot(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := client.ClusterKeySlot(t.Context(), besideKey(key)).Result(); err != nil || got != want {
			t.Errorf("%s: slot %d (%v), want %d of %s", besideKey(key), got, err, want, key)
		}
	}
}
