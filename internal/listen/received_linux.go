package listen

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sinceReceived is how long ago the system received what came last over a connection.
func sinceReceived(connection syscall.Conn) (since time.Duration, ok bool) {
	raw, err := connection.SyscallConn()
	if err != nil {
		return 0, false
	}
	var info *unix.TCPInfo
	var failure error
	err = raw.Control(func(fd uintptr) {
		info, failure = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if err != nil || failure != nil {
		return 0, false
	}
	return time.Duration(info.Last_data_recv) * time.Millisecond, true
}
