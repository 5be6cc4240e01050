package tracardi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A source is one parsed Go file.
type source struct {
	name string // path in the repository, with slashes
	test bool
	file *ast.File
	set  *token.FileSet
}

func (s *source) program() bool { return s.file.Name.Name == "main" }

// rules are the habits of this house that no linter knows. Each tells why and what to do instead. A comment
// "//lint:allow <rule> <reason>" at the end of the line is the only way around one.
var rules = []struct {
	name  string
	why   string
	finds func(s *source, report func(at ast.Node))
}{
	{
		"environment", "settings are read in internal/config and reach the rest as arguments",
		calls(func(s *source) bool {
			return !s.test && !under(s.name, "cmd/") && !under(s.name, "internal/config/") && !under(s.name, "bench/")
		},
			"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv"),
	},
	{
		"default-client", "it has no time limit; make an http.Client, or use a request with a context",
		calls(func(s *source) bool { return !under(s.name, "bench/") },
			"http.DefaultClient", "http.Get", "http.Post", "http.PostForm", "http.Head", "http.DefaultServeMux", "http.HandleFunc", "http.ListenAndServe"),
	},
	{
		"sleep", "a test waits for what it needs, with a deadline, or uses testing/synctest",
		calls(func(s *source) bool { return s.test }, "time.Sleep"),
	},
	{"package-name", "name the package for what it gives; if only such a name fits, the boundary is wrong", packageName},
	{"init", "work at start belongs to the program; make a value, or sync.OnceValue (one call that sets a library up may stay)", initFunction},
	{"doc", "every exported name has a comment that says what a caller must know", undocumented},
	{"unfinished", "finish it, or write down in the documentation that it is missing", unfinished},
	{"skip", "a test that is skipped says what is missing", calls(func(s *source) bool { return s.test }, "t.SkipNow", "b.SkipNow")},
}

func TestRules(t *testing.T) {
	sources := parseAll(t)
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, s := range sources {
				allowed := allowances(s, rule.name)
				rule.finds(s, func(at ast.Node) {
					if position := s.set.Position(at.Pos()); !slices.Contains(allowed, position.Line) {
						t.Errorf("%s:%d: %s", s.name, position.Line, rule.why)
					}
				})
			}
		})
	}
}

func parseAll(t *testing.T) []*source {
	t.Helper()
	var sources []*source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", "testdata", ".git", "bin", "dist", "data"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		sources = append(sources, &source{filepath.ToSlash(name), strings.HasSuffix(name, "_test.go"), file, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 10 {
		t.Fatalf("only %d files found", len(sources))
	}
	return sources
}

// allowances lists the lines that are excused from a rule.
func allowances(s *source, rule string) []int {
	var lines []int
	for _, group := range s.file.Comments {
		for _, comment := range group.List {
			words := strings.Fields(comment.Text)
			if len(words) > 2 && words[0] == "//lint:allow" && words[1] == rule {
				lines = append(lines, s.set.Position(comment.Pos()).Line)
			}
		}
	}
	return lines
}

// calls finds uses of package-level names, written as "package.Name", in the files for which applies holds.
func calls(applies func(*source) bool, names ...string) func(*source, func(ast.Node)) {
	return func(s *source, report func(ast.Node)) {
		if !applies(s) {
			return
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if left, ok := selector.X.(*ast.Ident); ok && slices.Contains(names, left.Name+"."+selector.Sel.Name) {
				report(node)
			}
			return true
		})
	}
}

var badNames = strings.Fields(`util utils common helper helpers misc lib shared base core manager service services controller
	handler handlers repository factory impl interface interfaces model models types dto data info processor engine framework pkg src`)

func packageName(s *source, report func(ast.Node)) {
	if slices.Contains(badNames, strings.TrimSuffix(s.file.Name.Name, "_test")) || slices.Contains(badNames, path.Base(path.Dir(s.name))) {
		report(s.file.Name)
	}
}

func initFunction(s *source, report func(ast.Node)) {
	for _, declaration := range s.file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" && len(f.Body.List) != 1 {
			report(f)
		}
	}
}

// wellKnown methods mean what the standard library says.
var wellKnown = []string{"String", "Error", "Unwrap", "Len", "Less", "Swap"}

func undocumented(s *source, report func(ast.Node)) {
	if s.test || s.program() {
		return
	}
	for _, declaration := range s.file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !(d.Recv != nil && slices.Contains(wellKnown, d.Name.Name)) {
				report(d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if name, doc := specName(spec); name != nil && name.IsExported() && doc == nil && d.Doc == nil {
					report(name)
				}
			}
		}
	}
}

// specName returns the name that a declaration begins with and the comment at it.
func specName(spec ast.Spec) (*ast.Ident, *ast.CommentGroup) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return spec.Name, spec.Doc
	case *ast.ValueSpec:
		if spec.Doc == nil {
			return spec.Names[0], spec.Comment
		}
		return spec.Names[0], spec.Doc
	}
	return nil, nil
}

// exportedReceiver tells whether a function is no method, or a method of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	receiver := f.Recv.List[0].Type
	for {
		switch at := receiver.(type) {
		case *ast.StarExpr:
			receiver = at.X
		case *ast.IndexExpr:
			receiver = at.X
		case *ast.Ident:
			return at.IsExported()
		default:
			return true
		}
	}
}

var marks = regexp.MustCompile(`\b(` + "TO" + `DO|FIX` + `ME|XX` + `X)\b`)

func unfinished(s *source, report func(ast.Node)) {
	for _, group := range s.file.Comments {
		for _, comment := range group.List {
			if marks.MatchString(comment.Text) {
				report(comment)
			}
		}
	}
}

// TestRulesFind proves that the rules can fail.
func TestRulesFind(t *testing.T) {
	f := func(rule, name, code string, want int) {
		t.Helper()
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, code, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s := &source{name, strings.HasSuffix(name, "_test.go"), file, set}
		got, allowed := 0, allowances(s, rule)
		for _, r := range rules {
			if r.name == rule {
				r.finds(s, func(at ast.Node) {
					if !slices.Contains(allowed, set.Position(at.Pos()).Line) {
						got++
					}
				})
			}
		}
		if got != want {
			t.Errorf("%s: got %d findings in %q, want %d", rule, got, code, want)
		}
	}
	f("environment", "expr/a.go", `package expr; import "os"; var x = os.Getenv("X")`, 1)
	f("environment", "expr/a.go", "package expr; import \"os\"; var x = os.Getenv(\"X\") //lint:allow environment the tests of the rule", 0)
	f("environment", "cmd/a.go", `package main; import "os"; var x = os.Getenv("X")`, 0)
	f("default-client", "a.go", `package a; import "net/http"; func f() { http.Get("x") }`, 1)
	f("sleep", "a_test.go", `package a; import "time"; func f() { time.Sleep(1) }`, 1)
	f("sleep", "a.go", `package a; import "time"; func f() { time.Sleep(1) }`, 0)
	f("package-name", "storage/a.go", `package util`, 1)
	f("package-name", "common/a.go", `package a`, 1)
	f("init", "a.go", `package a; func init() { f(); g() }`, 1)
	f("init", "a.go", `package a; func init() { f() }`, 0)
	f("doc", "a.go", "package a; type T struct{}; func F() {}; func (t T) M() {}; const C = 1; var V, w = 1, 2", 5)
	f("doc", "a.go", "package a\n\n// T is.\ntype T[K any] struct{}\n\n// M does.\nfunc (t *T[K]) M() {}\n\ntype u int\n\nfunc (u) M() {}\n", 0)
	f("doc", "a.go", "package a\n\n// T is.\ntype T int\n\nfunc (T) String() string { return \"\" }\n", 0)
	f("unfinished", "a.go", "package a // TO"+"DO: more", 1)
	f("skip", "a_test.go", `package a; import "testing"; func f(t *testing.T) { t.SkipNow() }`, 1)
}
