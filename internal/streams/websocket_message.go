package streams

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// The types of messages in graphql-transport-ws.
const (
	messageInit      = "connection_init"
	messageAck       = "connection_ack"
	messagePing      = "ping"
	messagePong      = "pong"
	messageSubscribe = "subscribe"
	messageNext      = "next"
	messageError     = "error"
	messageComplete  = "complete"
)

// mostIDBytes bounds the id that a client gives an operation.
const mostIDBytes = 256

// message is one message of a client.
type message struct {
	kind, id string
	// payload is nil where the message has none.
	payload any
}

// malformedError is the error of a message that the protocol does not have. Its text, which repeats nothing of the
// message, becomes the reason of the close code.
type malformedError struct{ reason string }

func (e malformedError) Error() string { return e.reason }

// parseMessage reads one message.
func parseMessage(text []byte, depth int) (message, error) {
	value, err := httpapi.DecodeJSON(text, depth)
	if err != nil {
		return message{}, malformedError{"Invalid message: not a JSON object"}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return message{}, malformedError{"Invalid message: not a JSON object"}
	}
	m := message{payload: object["payload"]}
	if m.kind, ok = object["type"].(string); !ok {
		return message{}, malformedError{"Invalid message: no type"}
	}
	switch m.kind {
	case messageSubscribe, messageComplete:
		m.id, ok = object["id"].(string)
		if !ok || m.id == "" || len(m.id) > mostIDBytes {
			return message{}, malformedError{"Invalid message: no id, or one that is too long"}
		}
	case messageInit, messagePing, messagePong:
	default:
		return message{}, malformedError{"Invalid message: unknown type"}
	}
	if _, isObject := m.payload.(map[string]any); m.payload != nil && !isObject {
		return message{}, malformedError{"Invalid message: the payload is no object"}
	}
	if m.kind == messageSubscribe && m.payload == nil {
		return message{}, malformedError{"Invalid message: no payload"}
	}
	return m, nil
}

// headersOfPayload are the headers that connection_init may have: a browser sends none with a WebSocket.
func headersOfPayload() []string {
	return append(httpapi.ClientHeaders(), "Authorization", "X-Auth-Token", "X-HCSO-Domain-Id")
}

// completed is a handshake's request with the headers of connection_init that the handshake does not have. A header
// that comes in two spellings is refused, as one that comes twice: which of them counts would be chance.
func completed(r *http.Request, payload any) (*http.Request, error) {
	object, _ := payload.(map[string]any)
	complete := r.Clone(r.Context())
	seen := map[string]bool{}
	for key, value := range object {
		for _, name := range headersOfPayload() {
			if !strings.EqualFold(key, name) {
				continue
			}
			text, ok := value.(string)
			switch {
			case !ok || strings.ContainsAny(text, "\r\n\x00"):
				return nil, malformedError{"Invalid message: a header in the payload is no text"}
			case seen[name]:
				return nil, malformedError{"Invalid message: a header comes twice in the payload"}
			}
			seen[name] = true
			if complete.Header.Get(name) == "" {
				complete.Header.Set(name, text)
			}
		}
	}
	return complete, nil
}

// encodeMessage writes a message whose payload is JSON already; an empty id or payload is left out.
func encodeMessage(kind, id string, payload []byte) ([]byte, error) {
	var buffer bytes.Buffer
	buffer.WriteString(`{"type":"` + kind + `"`)
	if id != "" {
		quoted, err := json.Marshal(id)
		if err != nil {
			return nil, err
		}
		buffer.WriteString(`,"id":`)
		buffer.Write(quoted)
	}
	if len(payload) > 0 {
		buffer.WriteString(`,"payload":`)
		buffer.Write(payload)
	}
	buffer.WriteByte('}')
	return buffer.Bytes(), nil
}

// encodeErrors writes the payload of an error message.
func encodeErrors(list gqlerror.List) ([]byte, error) { return json.Marshal(list) }

// encodeNext writes the payload of a next message.
func encodeNext(response *graphql.Response) ([]byte, error) {
	var buffer bytes.Buffer
	err := httpapi.Encode(&buffer, response)
	return buffer.Bytes(), err
}
