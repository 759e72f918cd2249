package traces

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const (
	dialTimeout = time.Second
	// mostAnswer bounds what is read of an answer.
	mostAnswer = 64 << 10
	// attempts is how often a batch is sent at most; firstPause is before the second time, and doubles.
	attempts   = 3
	firstPause = 200 * time.Millisecond
)

// client sends batches to the receiver. Nothing of an answer's text or of the headers is in its errors, and of the
// address its host and port alone.
type client struct {
	address   string
	header    http.Header
	transport *http.Transport
}

var _ otlptrace.Client = (*client)(nil)

func newClient(o Options) (*client, error) {
	address, err := addressOf(o.Endpoint)
	if err != nil {
		return nil, err
	}
	header := o.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/x-protobuf")
	header.Set("Content-Encoding", "gzip")
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", "opsgraph/"+o.Version)
	}
	return &client{
		address: address.String(), header: header,
		transport: &http.Transport{ // no proxy: the gateway ignores those of the environment
			DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSClientConfig:     &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: dialTimeout, MaxIdleConns: 1, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: mostAnswer,
		},
	}, nil
}

// Start implements otlptrace.Client: the first export connects.
func (c *client) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c *client) Stop(context.Context) error {
	c.close()
	return nil
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// statusError is an answer that says that the batch was not taken.
type statusError struct{ status int }

// Error implements error.
func (e *statusError) Error() string { return "the receiver answered " + strconv.Itoa(e.status) }

// again reports whether the receiver may take the batch later, as OTLP says.
func (e *statusError) again() bool {
	switch e.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// partialError is an answer that says that some spans of a batch were not taken.
type partialError struct{ rejected int64 }

// Error implements error.
func (e *partialError) Error() string {
	return "the receiver rejected " + strconv.FormatInt(e.rejected, 10) + " spans"
}

// UploadTraces implements otlptrace.Client. The message has the same form as the request of the protocol, whose package
// would bring gRPC with it.
func (c *client) UploadTraces(ctx context.Context, spans []*otlp.ResourceSpans) error {
	message, err := proto.Marshal(&otlp.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	var body bytes.Buffer
	packed := gzip.NewWriter(&body)
	_, _ = packed.Write(message) // a buffer takes everything
	_ = packed.Close()
	pause := firstPause
	for attempt := 1; ; attempt++ {
		wait, err := c.post(ctx, body.Bytes())
		refused, isStatus := errors.AsType[*statusError](err)
		_, isPartial := errors.AsType[*partialError](err)
		if err == nil || isPartial || isStatus && !refused.again() || attempt == attempts {
			return err
		}
		select {
		case <-time.After(max(pause, wait)):
			pause *= 2
		case <-ctx.Done():
			return err
		}
	}
}

// post sends a batch once; wait is how long the receiver wants to be left alone.
func (c *client) post(ctx context.Context, body []byte) (wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the receiver's address cannot be used")
	}
	request.Header = c.header.Clone()
	response, err := c.transport.RoundTrip(request) // follows no redirect, which would take the headers elsewhere
	if err != nil {
		return 0, fmt.Errorf("the receiver did not answer: %w", unsaid(err))
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if response.StatusCode/100 != 2 {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second, &statusError{response.StatusCode}
	}
	if err != nil {
		return 0, fmt.Errorf("the receiver's answer broke off: %w", err)
	}
	if rejected := rejectedIn(answer); rejected > 0 {
		return 0, &partialError{rejected}
	}
	return 0, nil
}

// errNoHTTP stands for what net/http says of an answer that it can't read: it repeats the answer.
var errNoHTTP = errors.New("what came back is no HTTP, or broke off: look at the scheme and the port of the address")

// unsaid is why there is no answer, without anything that the receiver has sent.
func unsaid(err error) error {
	_, ofNet := errors.AsType[net.Error](err)
	_, ofTLS := errors.AsType[*tls.CertificateVerificationError](err)
	if ofNet || ofTLS || errors.Is(err, context.Canceled) {
		return err
	}
	return errNoHTTP
}

// The numbers of the fields of an answer: ExportTraceServiceResponse, and its ExportTracePartialSuccess.
const (
	fieldPartialSuccess = 1
	fieldRejectedSpans  = 1
)

// rejectedIn is how many spans an answer says were not taken; 0 for an answer that is no message.
func rejectedIn(answer []byte) int64 {
	var rejected int64
	eachField(answer, func(number protowire.Number, kind protowire.Type, value []byte) {
		inner, n := protowire.ConsumeBytes(value)
		if number != fieldPartialSuccess || kind != protowire.BytesType || n < 0 {
			return
		}
		eachField(inner, func(number protowire.Number, kind protowire.Type, value []byte) {
			if number == fieldRejectedSpans && kind == protowire.VarintType {
				count, _ := protowire.ConsumeVarint(value) // visited: it can be read
				rejected = int64(count)
			}
		})
	})
	return rejected
}

// eachField visits the fields of a message up to its first fault.
func eachField(message []byte, visit func(protowire.Number, protowire.Type, []byte)) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return
		}
		message = message[n:]
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return
		}
		visit(number, kind, message[:n])
		message = message[n:]
	}
}
