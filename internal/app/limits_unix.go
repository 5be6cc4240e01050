//go:build unix

package app

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// wantedFiles is what the stores and a few thousand connections may open at once.
const wantedFiles = 8192

// files looks at the number of files that the process may open. Go raises the soft limit to the hard one by itself.
func files() finding {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return finding{warn, "open files", "the limit is unknown: " + err.Error()}
	}
	text := fmt.Sprintf("the process may open %d", limit.Cur)
	if limit.Cur < wantedFiles {
		return finding{warn, "open files", fmt.Sprintf("%s, which is few: raise the limit to %d (ulimit -n, or LimitNOFILE of the systemd unit)", text, wantedFiles)}
	}
	return finding{fine, "open files", text}
}

// freeSpace returns the bytes that the process may still write to the disk of a folder.
func freeSpace(dir string) (int64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
