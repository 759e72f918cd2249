package listen

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// takeQueue takes the connections that stand in the system's queue without waiting for more. The system would reset
// them when the address is closed, with the requests that they carry.
func takeQueue(listener net.Listener) []net.Conn {
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	var files []int
	if raw.Control(func(fd uintptr) { files = acceptAll(int(fd)) }) != nil {
		return nil
	}
	var taken []net.Conn
	for _, fd := range files {
		file := os.NewFile(uintptr(fd), "connection")
		connection, err := net.FileConn(file) // of a copy
		_ = file.Close()
		if err == nil {
			taken = append(taken, connection)
		}
	}
	return taken
}

// acceptAll accepts as long as a connection waits.
func acceptAll(listener int) []int {
	var files []int
	for {
		fd, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch {
		case err == nil:
			files = append(files, fd)
		case !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.ECONNABORTED):
			return files
		}
	}
}
