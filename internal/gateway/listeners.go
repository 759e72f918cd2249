package gateway

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
)

// listen binds an address; key names the setting that it comes from.
func listen(ctx context.Context, address, key string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: listen on %s: %w", key, address, err)
	}
	return listener, nil
}

// limitConnections bounds the connections of a server that are open at once, and puts TLS on them where there is a certificate (nil: none).
func limitConnections(server *http.Server, listener net.Listener, most int, certificate *certificate) net.Listener {
	listener = newConnections(most, filesForCallers(mostFiles())).limit(server, listener)
	if certificate == nil {
		return listener
	}
	return tls.NewListener(listener, certificate.config())
}
