package trust_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/internal/trust"
)

func TestAuthorities(t *testing.T) {
	t.Parallel()
	folder, authority := t.TempDir(), testkit.NewAuthority(t, "one")
	pool, err := trust.Authorities(authority.Write(t, filepath.Join(folder, "ca.crt")))
	if err != nil || !pool.Equal(authority.Pool()) {
		t.Errorf("another pool than the authority's: %v", err)
	}
	pair := authority.Sign(t, folder, "own", time.Now().Add(time.Hour))
	for file, want := range map[string]string{
		pair.KeyFile:                    ": the file has no certificate",
		filepath.Join(folder, "nosuch"): ": no such file or directory",
	} {
		pool, err := trust.Authorities(file)
		if pool != nil || err == nil || !strings.HasPrefix(err.Error(), "authorities: ") ||
			!strings.HasSuffix(err.Error(), file+want) {
			t.Errorf("%s: %v, want …%s", file, err, want)
		}
	}
}
