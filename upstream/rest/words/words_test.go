package words_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"error_code":"AS.0001","error_msg":"m"}`, `{"error":{"code":401,"message":"m"}}`,
		`<html>`, `{"error":[]}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		said := words.OfBody(data)
		if said.Code != words.Plain(said.Code) || said.RequestID != words.Plain(said.RequestID) {
			t.Errorf("words = %+v", said)
		}
		if message := words.Clean(said.Message, []string{"secret"}); len([]rune(message)) > 200 {
			t.Errorf("message = %q", message)
		}
	})
}
