package app

import "golang.org/x/sys/windows"

// files has nothing to find: there is no such limit here.
func files() finding { return finding{fine, "open files", "there is no limit on this system"} }

// freeSpace returns the bytes that the process may still write to the disk of a folder.
func freeSpace(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(free), nil
}
