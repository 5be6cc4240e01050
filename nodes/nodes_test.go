package nodes_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/tracardi/tracardi-go/node"

	_ "github.com/tracardi/tracardi-go/nodes"
)

var update = flag.Bool("update", false, "write the pages of the nodes")

// folder holds a page for each group of nodes.
var folder = filepath.Join("..", "docs", "nodes")

// TestPages compares the documentation with what the nodes say of themselves.
func TestPages(t *testing.T) {
	pages := map[string]string{"README.md": index()}
	for _, group := range groups() {
		pages[group.ID+".md"] = page(t, group)
	}
	if *update {
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range pages {
		if kept, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(kept) != text {
			t.Errorf("docs/nodes/%s is not what the nodes say (%v): run make gen", name, err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := pages[file.Name()]; !ok {
			t.Errorf("docs/nodes/%s belongs to no group", file.Name())
		}
	}
}

// TestEveryFolderIsRegistered finds groups that nodes.go does not import.
func TestEveryFolderIsRegistered(t *testing.T) {
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	known := groups()
	for _, entry := range folders {
		if entry.IsDir() && entry.Name() != "testdata" && !slices.ContainsFunc(known, func(g *node.Group) bool { return g.ID == entry.Name() }) {
			t.Errorf("nodes.go does not import nodes/%s, or its group has another id", entry.Name())
		}
	}
}

func groups() (all []*node.Group) {
	for _, typ := range node.Types() {
		if !slices.Contains(all, typ.Group) {
			all = append(all, typ.Group)
		}
	}
	slices.SortFunc(all, func(a, b *node.Group) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

const generated = "<!-- Made from the program by make gen. -->\n\n"

func index() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# Nodes\n\nThe %d nodes that flows are drawn with. [How to write one](../writing-nodes.md).\n", generated, len(node.Types()))
	for _, group := range groups() {
		fmt.Fprintf(&b, "\n## [%s](%s.md)\n\n", group.Name, group.ID)
		for _, typ := range node.Types() {
			if typ.Group == group {
				first, _, _ := strings.Cut(strings.TrimSpace(typ.Doc()), "\n")
				fmt.Fprintf(&b, "- [%s](%s.md#%s): %s\n", typ.Name, group.ID, anchor(typ.Name), first)
			}
		}
	}
	return b.String()
}

// anchor is the address of a heading within its page.
func anchor(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return kept
}

func page(t *testing.T, group *node.Group) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n", generated, group.Name)
	for _, typ := range node.Types() {
		if typ.Group == group {
			section(t, &b, typ)
		}
	}
	return b.String()
}

func section(t *testing.T, b *strings.Builder, typ *node.Type) {
	t.Helper()
	fmt.Fprintf(b, "\n## %s\n\n`%s`%s\n\n%s\n", typ.Name, typ.FullID(), traits(typ), strings.TrimSpace(typ.Doc()))
	fmt.Fprintf(b, "\nIn: %s. Out: %s.\n", ports(typ.In), ports(append(slices.Clone(typ.Out), node.Port{Name: node.ErrorPort, Doc: "the node failed"})))
	schema := typ.Schema()
	if len(schema.PropertyOrder) > 0 {
		b.WriteString("\n| setting | | what it is for |\n|---|---|---|\n")
	}
	for _, name := range schema.PropertyOrder {
		property := schema.Properties[name]
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, cell(kind(property, slices.Contains(schema.Required, name))), cell(help(t, property)))
	}
	for _, example := range typ.Examples {
		if example.Config != "" {
			fmt.Fprintf(b, "\nExample: %s\n\n```json\n%s\n```\n", example.Name, shown(example.Config))
			break
		}
	}
	if len(typ.Aliases) > 0 {
		fmt.Fprintf(b, "\nIn the original: `%s`\n", strings.Join(typ.Aliases, "`, `"))
	}
}

// traits are what one should know before using the node.
func traits(typ *node.Type) string {
	var b strings.Builder
	if typ.Start {
		b.WriteString(" · begins flows")
	}
	if typ.Acts {
		b.WriteString(" · acts on the outside")
	}
	if typ.Background {
		b.WriteString(" · runs after the event is stored")
	}
	return b.String()
}

func ports(list []node.Port) string {
	if len(list) == 0 {
		return "nothing"
	}
	texts := make([]string, len(list))
	for i, port := range list {
		texts[i] = "`" + port.Name + "`"
		if port.Doc != "" {
			texts[i] += " (" + strings.TrimSuffix(port.Doc, ".") + ")"
		}
	}
	return strings.Join(texts, ", ")
}

func kind(property *jsonschema.Schema, required bool) string {
	text := property.Type
	if widget, ok := property.Extra["x-widget"].(string); ok {
		text = widget
	}
	if text == "" {
		text = strings.Join(property.Types, " or ")
	}
	if required {
		text += ", required"
	}
	return text
}

func help(t *testing.T, property *jsonschema.Schema) string {
	t.Helper()
	text := property.Description
	if len(property.Enum) > 0 {
		options, err := json.Marshal(property.Enum)
		if err != nil {
			t.Fatal(err)
		}
		text += " One of " + strings.Trim(string(options), "[]") + "."
	}
	if len(property.Default) > 0 && string(property.Default) != `""` {
		text += " Default: `" + string(property.Default) + "`."
	}
	return text
}

// cell is a text that does not break a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// shown shortens what nobody reads, such as a module in base64.
func shown(config string) string {
	if len(config) <= 1000 {
		return config
	}
	return config[:200] + "…"
}
