package node

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Group is a package of nodes that belong together.
type Group struct {
	ID   string // the package's name, such as control
	Name string // shown to people, such as Flow control
	docs func() map[string]string
}

// NewGroup makes a group. sources are the package's files (//go:embed *.go), whose comments are the documentation.
func NewGroup(id, name string, sources fs.FS) *Group {
	return &Group{ID: id, Name: name, docs: sync.OnceValue(func() map[string]string { return readDocs(sources) })}
}

func (g *Group) doc(typeName string) string { return g.docs()[typeName] }

// registry holds the types that the program was built with. Types are registered before main begins, and read from then on.
var registry = struct {
	byID, byAlias, byModule map[string]*Type // byModule: by the alias without its class
}{map[string]*Type{}, map[string]*Type{}, map[string]*Type{}}

var saneID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Register adds a type to the group. It is called from init functions only, and panics on a mistake in the description.
func (g *Group) Register(t Type) {
	t.Group = g
	t.prepare()
	id := t.FullID()
	switch {
	case !saneID.MatchString(t.ID):
		panic(fmt.Sprintf("node %q: an id is made of small letters, digits and dashes", id))
	case t.Name == "" || t.Icon == "" || t.New == nil:
		panic(fmt.Sprintf("node %q needs a name, an icon and a New", id))
	case registry.byID[id] != nil:
		panic(fmt.Sprintf("there are two nodes %q", id))
	}
	registry.byID[id] = &t
	for _, alias := range t.Aliases {
		if other := registry.byAlias[alias]; other != nil {
			panic(fmt.Sprintf("%q and %q are both %q", id, other.FullID(), alias))
		}
		registry.byAlias[alias] = &t
		if module := alias[:max(0, strings.LastIndexByte(alias, '.'))]; registry.byModule[module] == nil {
			registry.byModule[module] = &t
		}
	}
}

// Lookup returns a type by its full id, nil for an unknown one.
func Lookup(id string) *Type { return registry.byID[id] }

// Types lists all types, by group and name.
func Types() []*Type {
	types := make([]*Type, 0, len(registry.byID))
	for _, t := range registry.byID {
		types = append(types, t)
	}
	slices.SortFunc(types, func(a, b *Type) int {
		return cmp.Or(cmp.Compare(a.Group.Name, b.Group.Name), cmp.Compare(a.Name, b.Name), cmp.Compare(a.FullID(), b.FullID()))
	})
	return types
}

// readDocs finds the comments of the types in source files, as Markdown.
func readDocs(sources fs.FS) map[string]string {
	docs := map[string]string{}
	names, err := fs.Glob(sources, "*.go")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			continue // the files are part of the program
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok && general.Tok == token.TYPE && general.Doc != nil {
				for _, spec := range general.Specs {
					docs[spec.(*ast.TypeSpec).Name.Name] = markdown(general.Doc.Text())
				}
			}
		}
	}
	return docs
}

func markdown(text string) string {
	var parser comment.Parser
	var printer comment.Printer
	return string(printer.Markdown(parser.Parse(text)))
}
