package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestImageCopiesWhatIsThere checks that what the image is made from is in the repository, and what it promises.
func TestImageCopiesWhatIsThere(t *testing.T) {
	text := read(t, "Dockerfile")
	stages := map[string]bool{}
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) > 3 && words[0] == "FROM":
			stages[words[len(words)-1]] = true
		case len(words) > 1 && words[0] == "COPY":
			checkCopy(t, words, stages)
		case len(words) > 0 && words[0] == "RUN" && regexp.MustCompile(`\b(apk|apt|apt-get|curl|wget)\b`).MatchString(line):
			t.Errorf("%s: the build needs no more than the two images it begins with, npm and Go modules", line)
		}
	}
	_, last, _ := strings.Cut(text, "\nFROM scratch\n")
	for _, want := range []string{"USER 65532:65532", `ENTRYPOINT ["/tracardi"]`, "ca-certificates.crt", "VOLUME /data"} {
		if !strings.Contains(last, want) {
			t.Errorf("the image has no %q", want)
		}
	}
	for _, secret := range []string{"TRACARDI_SECRET", "TOKEN", "PASSWORD"} {
		if strings.Contains(text, secret) {
			t.Errorf("the image is made with %s, which everybody who has it can read", secret)
		}
	}
}

// checkCopy checks where a COPY takes its files from.
func checkCopy(t *testing.T, words []string, stages map[string]bool) {
	for _, word := range words[1 : len(words)-1] {
		if stage, from := strings.CutPrefix(word, "--from="); from {
			if !stages[stage] {
				t.Errorf("%s: there is no stage %s", strings.Join(words, " "), stage)
			}
			return
		}
		if strings.HasPrefix(word, "--") {
			continue
		}
		if _, err := os.Stat(filepath.Join("..", word)); err != nil {
			t.Errorf("%s: %v", strings.Join(words, " "), err)
		}
	}
}

// TestImageIsBuiltWithOurVersions checks that Go is the module's and that Node.js is what the packages ask for.
func TestImageIsBuiltWithOurVersions(t *testing.T) {
	text := read(t, "Dockerfile")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, "../go.mod"))
	if !strings.Contains(text, "golang:"+version[1]+" ") {
		t.Errorf("the image is not built with Go %s", version[1])
	}
	node := regexp.MustCompile(`node:(\d+)-`).FindStringSubmatch(text)
	for _, folder := range []string{"gui", "tracker"} {
		least := regexp.MustCompile(`"node": ">=(\d+)`).FindStringSubmatch(readFile(t, "../"+folder+"/package.json"))
		if node == nil || least == nil || atoi(t, node[1]) < atoi(t, least[1]) {
			t.Errorf("the image is built with Node.js %v, %s wants %v", node, folder, least)
		}
	}
}

// TestImageLeavesOutBuilds checks that the image gets neither builds of this machine nor secrets, but the folders that builds go to.
func TestImageLeavesOutBuilds(t *testing.T) {
	lines := strings.Split(readFile(t, "../.dockerignore"), "\n")
	for _, want := range []string{".git", "**/node_modules", "gui/dist/*", "!gui/dist/.keep", "tracker/dist/*", "!tracker/dist/.keep", "deploy/.env"} {
		if !slices.Contains(lines, want) {
			t.Errorf(".dockerignore has no line %s", want)
		}
	}
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestComposeLooksAtHealth checks that containers of ours are asked by a command of the program: there is no other in the image.
func TestComposeLooksAtHealth(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Image       string
			Healthcheck struct{ Test []string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	for name, service := range file.Services {
		if service.Image != "tracardi" {
			continue
		}
		check := service.Healthcheck.Test
		if len(check) != 3 || check[0] != "CMD" || check[1] != "/tracardi" {
			t.Errorf("%s: %q is no command of the program", name, check)
			continue
		}
		if code, _, errs := run(t, environ(), check[2], "--help"); code != 0 {
			t.Errorf("%s: the program has no command %s: %s", name, check[2], errs)
		}
	}
}

// TestComposeRunsWhatIsTested checks that servers have the versions that the tests start. Those of Debian have none of their own.
func TestComposeRunsWhatIsTested(t *testing.T) {
	text, tested := read(t, "compose.yaml"), readFile(t, "../test/services/README.md")
	for product, image := range map[string]string{"OpenSearch": "opensearchproject/opensearch", "Apache Pulsar": "apachepulsar/pulsar"} {
		version := regexp.MustCompile("` \\* \\| " + product + ` (\d+\.\d+\.\d+)`).FindStringSubmatch(tested)
		tag := regexp.MustCompile(`image: ` + image + `:(\S+)`).FindStringSubmatch(text)
		if version == nil || tag == nil || !strings.HasPrefix(version[1]+".", tag[1]+".") {
			t.Errorf("%s: the tests run with %v, the compose file with %v", product, version, tag)
		}
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
