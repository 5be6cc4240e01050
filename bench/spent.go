package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// spent is processor time in seconds, by who used it.
type spent map[string]float64

// spent tells what the processes of the machine have used so far, as Linux tells it: ours, the load, and servers by their name. A Java
// server is known by its folder.
func (c *clusterSet) spent() spent {
	own := map[int]string{os.Getpid(): "load", c.api.command.Process.Pid: "API"}
	for _, worker := range c.workers {
		own[worker.command.Process.Pid] = "workers"
	}
	used := spent{}
	folders, _ := filepath.Glob("/proc/[0-9]*") // an error would be one of the pattern
	for _, folder := range folders {
		process, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		name := own[process]
		if name == "" {
			text, _ := os.ReadFile(folder + "/comm") // empty for one that is gone
			name = string(bytes.TrimSpace(text))
		}
		if strings.HasPrefix(name, "kworker") {
			continue // they change their names
		}
		if name == "java" {
			at, _ := os.Readlink(folder + "/cwd")
			name = filepath.Base(strings.TrimSuffix(at, "/logs")) // some go there
		}
		used[name] += cpuOf(process)
	}
	return used
}

func (s spent) since(before spent) spent {
	used := spent{}
	for name, seconds := range s {
		used[name] = seconds - before[name]
	}
	return used
}

// each says what one of n things cost whom, without those who spent next to nothing.
func (s spent) each(n int) string {
	var parts []string
	for _, name := range slices.SortedFunc(maps.Keys(s), func(a, b string) int { return cmp.Compare(s[b], s[a]) }) {
		if part := s[name] / float64(max(1, n)) * 1e6; s[name] > 0.02 {
			parts = append(parts, fmt.Sprintf("%s %.0f µs", name, part))
		}
	}
	return strings.Join(parts, ", ")
}
