package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"

	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

// Notice is a code and a sentence that the upstream put beside the data of a 2xx, where the code is not known as one of
// success. Two calls document code and msg, no document lists their values, and nothing may be decided by them (QUIRKS
// 13): an answer with a notice is an answer, of which callers are warned.
type Notice struct {
	// Code is one plain word, empty means no notice.
	Code string
	// Message is the upstream's own sentence, as [Error] has it: for operators only.
	Message string
}

// Failure is the error of an answer that has a notice in the place of its data; nil without a notice.
func (n Notice) Failure(spec Spec) error {
	if n.Code == "" {
		return nil
	}
	failure := spec.Fail(BadResponse, errNoData)
	failure.Code, failure.Message, failure.reason = n.Code, n.Message, errNoData.Error()
	return failure
}

var errNoData = errors.New("a code in the place of data")

// noticeInside reads the notice at the top of a 2xx body.
func (c *Client) noticeInside(o *outgoing, data []byte) Notice {
	if !bytes.Contains(data, []byte(`"code"`)) {
		return Notice{}
	}
	var body struct {
		Code    json.RawMessage `json:"code"`
		Msg     json.RawMessage `json:"msg"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(data, &body) != nil {
		return Notice{}
	}
	code := words.Plain(words.Text(body.Code))
	if words.Success(code) || c.accepts(code) {
		return Notice{}
	}
	secrets := o.secrets()
	return Notice{
		Code: words.Clean(code, secrets), Message: words.Clean(cmp.Or(words.Text(body.Msg), words.Text(body.Message)), secrets),
	}
}

// blank reports whether a body says nothing.
func blank(data []byte) bool {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return len(trimmed) == 0 || string(trimmed) == "null"
}
