package place

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Set are servers that only the tests of one package use, which may freeze and kill them.
type Set struct {
	Folder  string // of everything that the servers keep
	scripts string // folder of the scripts that start and stop servers
	env     []string
	taken   map[int]bool
	started []string
}

// portsOf lists the ports of each server by the names that the scripts give them.
var portsOf = map[string][]string{
	"mariadb": {"PORT"}, "mariadbtls": {"PORT"}, "redis": {"PORT"}, "redistls": {"PORT"},
	"pulsar": {"PORT", "ADMIN_PORT", "BOOKIE_PORT"}, "pulsartls": {"PORT", "ADMIN_PORT", "BOOKIE_PORT"},
	"elasticsearch": {"PORT", "TRANSPORT_PORT"}, "elasticsearchtls": {"PORT", "TRANSPORT_PORT"}, "opensearch": {"PORT", "TRANSPORT_PORT"},
}

// NewSet makes a set whose servers keep everything in a folder. Variables are more of the scripts' environment.
func NewSet(scripts, folder string, variables ...string) *Set {
	env := append(os.Environ(), "TRACARDI_SERVICES_DIR="+folder) //lint:allow environment for scripts of the tests
	return &Set{Folder: folder, scripts: scripts, env: append(env, variables...), taken: map[int]bool{}}
}

// Start starts servers on free ports, unless they run, and returns the variables that name them.
func (s *Set) Start(names ...string) (map[string]string, error) {
	for _, name := range names {
		if slices.Contains(s.started, name) {
			continue
		}
		s.started = append(s.started, name)
		for _, port := range portsOf[name] {
			free, err := s.freePort()
			if err != nil {
				return nil, err
			}
			s.env = append(s.env, fmt.Sprintf("TRACARDI_SERVICES_%s_%s=%d", strings.ToUpper(name), port, free))
		}
	}
	out, err := s.Run("up", names...)
	variables := map[string]string{}
	for _, match := range regexp.MustCompile(`export (\w+)=(\S+)`).FindAllStringSubmatch(out, -1) {
		variables[match[1]] = match[2]
	}
	return variables, err
}

// Run runs one of the scripts and returns what it prints.
func (s *Set) Run(script string, args ...string) (string, error) {
	command := exec.Command(filepath.Join(s.scripts, script), args...)
	command.Env = s.env
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %v: %w\n%s", script, args, err, errs.String())
	}
	return string(out), nil
}

// Stop ends the servers and removes what they keep.
func (s *Set) Stop() error {
	if len(s.started) == 0 {
		return nil
	}
	for _, name := range s.started {
		_, _ = s.Run("kill", name) // what is to be wiped need not be put in order; those that are not there stay so
	}
	_, err := s.Run("down", append([]string{"--wipe"}, s.started...)...)
	return err
}

// freePort finds a port that is free now. It takes one below those that the system hands out by itself, which another program may
// get before the server does.
func (s *Set) freePort() (int, error) {
	for port := 20000 + os.Getpid()%8000; port < 32000; port++ {
		if s.taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		s.taken[port] = true
		return port, listener.Close()
	}
	return 0, fmt.Errorf("no port is free")
}
