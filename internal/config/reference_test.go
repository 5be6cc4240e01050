package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

const preamble = `# Configuration

Every setting is a flag of ` + "`serve`, `config` and `doctor`" + `, an environment variable and a key of a YAML file that ` + "`--config`" + `
names. A flag wins over the environment, the environment over the file, the file over the default. Unknown keys are errors.
` + "`tracardi config`" + ` prints the settings that are in force and where each of them came from; secrets are masked. Flags can be read by
everybody on the machine, so give secrets, and addresses that hold some, in the environment or in the file.

` + "```yaml config" + `
# tracardi.yaml
data: /var/lib/tracardi
addr: 0.0.0.0:8686
public-url: https://cdp.example.com
trusted-proxies: [10.0.0.0/8]
` + "```" + `

The list below is made from the program by ` + "`make gen`" + `.
`

// TestReference keeps docs/configuration.md equal to the settings.
func TestReference(t *testing.T) {
	_, values, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString(preamble)
	for _, value := range values {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n`--%s` · `%s`", value.Name, value.Help, value.Name, value.Env)
		if value.Default != "" {
			fmt.Fprintf(&page, " · default `%s`", value.Default)
		}
		page.WriteString("\n")
	}
	name := filepath.Join("..", "..", "docs", "configuration.md")
	if *update {
		if err := os.WriteFile(name, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(got)); diff != "" {
		t.Errorf("docs/configuration.md is out of date; run make gen:\n%s", diff)
	}
}

// TestReferenceExample parses the page's example.
func TestReferenceExample(t *testing.T) {
	_, rest, _ := strings.Cut(preamble, "```yaml config\n")
	example, _, _ := strings.Cut(rest, "```")
	s := settings(t, "--config", write(t, example))
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if s.Addr != "0.0.0.0:8686" || len(s.TrustedProxies) != 1 {
		t.Errorf("the example was not read: %+v", s)
	}
}
