package streams

// ParseMessage lets the fuzzer read messages of a WebSocket.
func ParseMessage(text []byte) (kind, id string, err error) {
	m, err := parseMessage(text, 32)
	return m.kind, m.id, err
}
