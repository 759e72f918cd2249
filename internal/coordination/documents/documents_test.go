package documents_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

func newStore(t *testing.T, change func(*documents.Options)) *documents.Store {
	t.Helper()
	options := documents.Options{Environment: "test", Bytes: 1 << 20, Lives: time.Hour}
	if change != nil {
		change(&options)
	}
	store, err := documents.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestKeepsTextsByTheirHash(t *testing.T) {
	store := newStore(t, nil)
	const text = "{ regions { code } }"
	hash := documents.Hash(text)
	if _, ok, err := store.Text(t.Context(), hash); ok || err != nil {
		t.Fatalf("before it was kept: held %t, error %v", ok, err)
	}
	if err := store.Keep(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := store.Text(t.Context(), hash); got != text || !ok || err != nil {
		t.Errorf("got %q, held %t, error %v", got, ok, err)
	}
	if !store.Held(hash) || store.Held(documents.Hash("other")) {
		t.Error("Held and Text differ")
	}
}

// TestH141OnlyHashesReachTheStore: only a hash in lower case becomes a key.
func TestH141OnlyHashesReachTheStore(t *testing.T) {
	good := documents.Hash("{ a }")
	for name, hash := range map[string]string{
		"upper case": strings.ToUpper(good), "63 digits": good[1:], "65 digits": good + "0", "a path": "../" + good[3:],
		"a colon": good[:63] + ":", "1 MB": strings.Repeat("a", 1<<20), "empty": "",
	} {
		if documents.IsHash(hash) {
			t.Errorf("%s counts as a hash", name)
		}
	}
	if !documents.IsHash(good) {
		t.Error("a hash does not count as one")
	}
}

// TestH142MemoryIsBoundedInBytes registers far more than fits.
func TestH142MemoryIsBoundedInBytes(t *testing.T) {
	store := newStore(t, func(o *documents.Options) { o.Bytes = 64 << 10 })
	var hashes []string
	for i := range 1000 {
		text := strings.Repeat("x", 1000) + time.Duration(i).String()
		hashes = append(hashes, documents.Hash(text))
		if err := store.Keep(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for _, hash := range hashes {
		if store.Held(hash) {
			held++
		}
	}
	if held == 0 || held > 64 {
		t.Errorf("%d texts of 1 KB are held in 64 KiB", held)
	}
}

func TestReplicasShareTextsThroughRedis(t *testing.T) {
	server := redistest.Start(t)
	open := func() *redis.Connection {
		connection, err := redis.Open(t.Context(), server.URL(), redis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := connection.Close(); err != nil {
				t.Error(err)
			}
		})
		return connection
	}
	connection := open()
	client := redis.Client(connection)
	first := newStore(t, func(o *documents.Options) { o.Redis = connection })
	second := newStore(t, func(o *documents.Options) { o.Redis = open() })
	elsewhere := newStore(t, func(o *documents.Options) { o.Redis, o.Environment = connection, "other" })
	const text = "query Q { regions { code } }"
	hash := documents.Hash(text)
	if err := first.Keep(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := second.Text(t.Context(), hash); got != text || !ok || err != nil {
		t.Errorf("second replica: got %q, held %t, error %v", got, ok, err)
	}
	if _, ok, _ := elsewhere.Text(t.Context(), hash); ok {
		t.Error("another installation has it too")
	}

	damaged := documents.Hash("{ a }")
	if err := client.Set(t.Context(), "opsgraph:test:document:"+damaged, "mutation { other }", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := second.Text(t.Context(), damaged); ok || err != nil {
		t.Errorf("a text of another hash: got %q, held %t, error %v", got, ok, err)
	}

	server.Kill()
	if got, ok, err := second.Text(t.Context(), hash); got != text || !ok || err != nil {
		t.Errorf("without Redis: got %q, held %t, error %v", got, ok, err)
	}
	if err := second.Keep(t.Context(), "{ late }"); err == nil {
		t.Error("Keep returns no error although Redis did not take the text")
	}
	if !second.Held(documents.Hash("{ late }")) {
		t.Error("a text that Redis did not take is not in memory")
	}
}

func TestNewWantsBounds(t *testing.T) {
	for _, o := range []documents.Options{{Lives: time.Hour}, {Bytes: 1}} {
		if _, err := documents.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
