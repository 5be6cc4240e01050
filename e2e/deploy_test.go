package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestImageCopiesWhatIsThere checks that what the image is made from is in the repository, and what it promises.
func TestImageCopiesWhatIsThere(t *testing.T) {
	text := read(t, "Dockerfile")
	for _, match := range regexp.MustCompile(`(?m)^COPY ([^-\n].*)$`).FindAllStringSubmatch(text, -1) {
		parts := strings.Fields(match[1])
		for _, source := range parts[:len(parts)-1] {
			if _, err := os.Stat(filepath.Join("..", source)); err != nil {
				t.Errorf("COPY %s: %v", match[1], err)
			}
		}
	}
	_, last, _ := strings.Cut(text, "\nFROM scratch\n")
	for _, want := range []string{"USER 65532:65532", `ENTRYPOINT ["/tracardi"]`, "ca-certificates.crt"} {
		if !strings.Contains(last, want) {
			t.Errorf("the image has no %q", want)
		}
	}
	if version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, "../go.mod")); !strings.Contains(text, "golang:"+version[1]+"-") {
		t.Errorf("the image is not built with Go %s", version[1])
	}
}

// TestComposeNamesSettings checks that the settings in the compose file are settings of the program.
func TestComposeNamesSettings(t *testing.T) {
	text := read(t, "compose.yaml")
	var file struct {
		Services map[string]struct{ Image string }
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api", "worker", "gui", "proxy", "opensearch", "mariadb", "redis", "pulsar"} {
		if file.Services[name].Image == "" {
			t.Errorf("there is no service %s with an image", name)
		}
	}
	reference := readFile(t, "../docs/configuration.md")
	for _, name := range regexp.MustCompile(`TRACARDI_[A-Z_]+`).FindAllString(text, -1) {
		if !strings.Contains(reference, "`"+name+"`") {
			t.Errorf("%s is no setting", name)
		}
	}
}

// TestComposeSettingsReachTheProgram has the program tell its settings in each service of ours, as compose passes them on.
func TestComposeSettingsReachTheProgram(t *testing.T) {
	var file struct {
		Services map[string]struct{ Environment map[string]string }
	}
	text := regexp.MustCompile(`\$\{\w+:\?[^}]*\}`).ReplaceAllString(read(t, "compose.yaml"), strings.Repeat("5e", 32))
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api", "worker", "gui"} {
		environment := environ()
		for name, value := range file.Services[name].Environment {
			environment = append(environment, name+"="+value)
		}
		code, out, errs := run(t, environment, "config")
		if code != 0 {
			t.Errorf("%s: exit code %d: %s", name, code, errs)
		}
		for variable := range file.Services[name].Environment {
			setting := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(variable, "TRACARDI_")), "_", "-")
			if !regexp.MustCompile(`(?m)^` + setting + ` .* environment *$`).MatchString(out) {
				t.Errorf("%s: %s is not taken:\n%s", name, variable, out)
			}
		}
	}
}

func read(t *testing.T, name string) string { return readFile(t, filepath.Join("..", "deploy", name)) }

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
