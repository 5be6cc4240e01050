package tracardi_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDependenciesAreDescribed compares docs/dependencies.md with the modules that our packages and tests import.
func TestDependenciesAreDescribed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z][^ |]*\.[^ |]+) \|`).FindAllStringSubmatch(string(page), -1) {
		described[row[1]] = true
	}
	used := modulesInUse(t)
	for name := range used {
		if !described[name] {
			t.Errorf("docs/dependencies.md has no line for %s", name)
		}
	}
	for name := range described {
		if !used[name] {
			t.Errorf("docs/dependencies.md describes %s, which nothing imports", name)
		}
	}
}

// modulesInUse lists the modules of others that our code imports itself.
func modulesInUse(t *testing.T) map[string]bool {
	t.Helper()
	requirements, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	const imports = `{{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`
	out, err := exec.Command("go", "list", "-f", imports, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	used := map[string]bool{}
	for _, path := range append(strings.Fields(string(out)), windowsImports...) {
		best := ""
		for _, match := range regexp.MustCompile(`(?m)^\t(\S+) v`).FindAllStringSubmatch(string(requirements), -1) {
			name := match[1]
			if len(name) > len(best) && (path == name || strings.HasPrefix(path, name+"/")) {
				best = name
			}
		}
		if best != "" && best != module {
			used[best] = true
		}
	}
	return used
}

// windowsImports are imported on another system than the one that runs the tests.
var windowsImports = []string{"golang.org/x/sys/windows"}
