package command

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
)

// state is a hash of files as they are now: of their names, their contents, and which of them can't be read.
type state [sha256.Size]byte

// mostOfFile bounds what is read of a file.
const mostOfFile = 64 << 20

// stateOf reads files. It compares contents, not times: a Kubernetes volume swaps a link to a folder of new files,
// which may be older than those before, and some file systems count in seconds.
func stateOf(files []string) state {
	all := sha256.New()
	for _, file := range files {
		name := sha256.Sum256([]byte(file))
		all.Write(name[:])
		content, ok := hashOf(file)
		all.Write(binary.BigEndian.AppendUint16(nil, map[bool]uint16{true: 1}[ok]))
		all.Write(content[:])
	}
	return state(all.Sum(nil))
}

// hashOf is a hash of a file; false where it can't be read.
func hashOf(file string) (sum [sha256.Size]byte, ok bool) {
	opened, err := os.Open(file)
	if err != nil {
		return sum, false
	}
	defer opened.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(opened, mostOfFile)); err != nil {
		return sum, false
	}
	return [sha256.Size]byte(hash.Sum(nil)), true
}

// emptyOf are those of the files that have nothing.
func emptyOf(files []string) map[string]bool {
	empty := map[string]bool{}
	for _, file := range files {
		if content, ok := hashOf(file); ok && content == sha256.Sum256(nil) {
			empty[file] = true
		}
	}
	return empty
}
