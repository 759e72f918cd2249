// Package traces makes spans and sends them to a receiver, by OTLP over HTTP.
//
// A span that ends goes into a bounded queue; one goroutine sends what waits there in batches. No request waits for it:
// a span that finds the queue full, or that the receiver does not take, is dropped and counted. The package must not
// import any other package of ours, and knows nothing of what the spans are about.
//
// It has a queue of its own, where OpenTelemetry's counts what it drops nowhere that we could read and ends no later
// than its receiver lets it; and a client of its own, since otlptracehttp brings gRPC with it, follows proxies and
// settings of the environment, and repeats in its errors what the receiver says.
package traces
