// Command onservers stands in for the program in its tests, and keeps nothing in the data folder: it starts the program with every
// part on the servers of the tests, and serves with two processes, one of them a worker. So the tests of one process are tests of a
// cluster too. It reads the program and the first letters of the installation's name from the environment. The command "remove" takes
// away what all programs of that name keep on the servers.
package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/tracardi/tracardi-go/e2e/place"
)

func main() {
	runtime.LockOSThread() // a child is told of the end of the thread that began it
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	program, name := os.Getenv("ONSERVERS_PROGRAM"), os.Getenv("ONSERVERS_NAME") //lint:allow environment no settings of the program
	if len(args) == 1 && args[0] == "remove" {
		return place.FromEnvironment().Remove(name)
	}
	data := dataFolder(args)
	if data == "" { // a command that opens no stores
		return syscall.Exec(program, append([]string{program}, args...), os.Environ()) //lint:allow environment for the program
	}
	hash := fnv.New64a()
	fmt.Fprint(hash, data)
	settings, err := place.FromEnvironment().Settings(fmt.Sprintf("%s%x", name, hash.Sum64()))
	if err != nil {
		return err
	}
	args = slices.Concat(args[:1], settings, args[1:])
	if args[0] == "serve" && !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--roles") }) {
		worker := exec.Command(program, append(slices.Clone(args), "--roles=worker", "--addr=127.0.0.1:0")...)
		worker.Stderr = os.Stderr
		worker.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
		if err := worker.Start(); err != nil {
			return err
		}
		args = append(args, "--roles=api,gui")
	}
	return syscall.Exec(program, append([]string{program}, args...), os.Environ()) //lint:allow environment for the program
}

// dataFolder is what an argument names.
func dataFolder(args []string) string {
	for i, arg := range args {
		if folder, found := strings.CutPrefix(arg, "--data="); found {
			return filepath.Clean(folder)
		}
		if arg == "--data" && i+1 < len(args) {
			return filepath.Clean(args[i+1])
		}
	}
	return ""
}
