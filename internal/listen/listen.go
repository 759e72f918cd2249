package listen

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// On binds an address; key names the setting that it comes from.
func On(ctx context.Context, address, key string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: listen on %s: %w", key, address, err)
	}
	return listener, nil
}

// LimitConnections bounds the connections of a server that are open at once, and puts TLS on them where there is a
// certificate (nil: none).
func LimitConnections(server *Server, listener net.Listener, most int, certificate *Certificate) net.Listener {
	connections := newConnections(most, filesForCallers(mostFiles()))
	server.ConnState = connections.note
	bound := &boundedListener{Listener: listener, connections: connections, departure: newDeparture()}
	server.bound.Store(bound)
	knowConnections(server.Server)
	if certificate == nil {
		return watchingListener{bound, new(sync.Pool)}
	}
	return tls.NewListener(bound, certificate.Config())
}
