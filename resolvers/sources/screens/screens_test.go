package screens_test

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestSharedScreens(t *testing.T) {
	made, upstream := sourcestest.New(t, map[string]string{
		"/data/any": "{ \"services\": [1, 2.50] }", "/data/empty": "204", "/data/login": "302",
	}, nil)
	got := made.Screens.Get(t.Context(), "", []string{"any", "empty", "login", "a/../b"}, 0)
	if screen := got["any"]; screen.Err != nil || string(screen.Held.Value.Data) != `{"services":[1,2.50]}` {
		t.Errorf("Quirk101 data as sent: %v %+v", screen.Err, screen.Held.Value)
	}
	if screen := got["empty"]; screen.Err != nil || string(screen.Held.Value.Data) != `{}` {
		t.Errorf("no data: %v %+v", screen.Err, screen.Held.Value)
	}
	t.Run("Quirk081 a redirect is not followed", func(t *testing.T) {
		if got["login"].Err == nil {
			t.Error("a share that wants a login has data")
		}
		for _, request := range upstream.Asked() {
			if strings.Contains(request, "authui") {
				t.Errorf("asked %s", request)
			}
		}
	})
	if got["a/../b"].Err == nil || len(upstream.Asked()) != 3 {
		t.Errorf("a share id that is none was sent: %v", upstream.Asked())
	}
}
