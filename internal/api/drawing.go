package api

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tracardi/tracardi-go/internal/flow"
)

// drawing is a flow as it is sent, whatever its parts are.
type drawing struct{ tree any }

// Schema tells the framework what it should be.
func (drawing) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[flow.Graph](), true, "")
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *drawing) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &d.tree) }

// unchecked leaves the body to the handler.
func unchecked(op *huma.Operation) { op.SkipValidateBody = true }

// drawn keeps the body of a request, so that a refusal can name the nodes of the drawing in it.
func drawn(op *huma.Operation) {
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		in, _ := humago.Unwrap(ctx)
		in.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(in.Body, &of(in.Context()).sent), in.Body}
		next(ctx)
	})
}

// graphSchema is what a drawing must be before anything else can be said of it.
var graphSchema = sync.OnceValues(func() (huma.Registry, *huma.Schema) {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return registry, registry.Schema(reflect.TypeFor[flow.Graph](), false, "")
})

// check lists everything that is wrong with a drawing. formed is false when parts of it are not what a drawing is made of; they are
// listed first and then taken away from it, so that the rest is checked all the same.
func (d drawing) check() (problems []flow.Mistake, formed bool) {
	registry, schema := graphSchema()
	result := &huma.ValidateResult{}
	huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, d.tree, result)
	for _, err := range result.Errors {
		if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			problems = append(problems, d.mistake(faultOf(detail)))
		}
	}
	for _, err := range result.Errors {
		if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			forget(d.tree, steps(detail.Location))
		}
	}
	formed = len(problems) == 0
	var graph flow.Graph
	text, err := json.Marshal(d.tree)
	if err == nil {
		err = json.Unmarshal(text, &graph)
	}
	if err != nil {
		return append(problems, flow.Mistake{Message: err.Error()}), false
	}
	for _, found := range flow.Check(&graph) {
		if formed || !slices.ContainsFunc(problems, func(p flow.Mistake) bool {
			return p.Node == found.Node && p.Edge == found.Edge && p.Field == found.Field
		}) {
			problems = append(problems, found)
		}
	}
	return problems, formed
}

var partPattern = regexp.MustCompile(`^(nodes|edges)\[(\d+)\]\.?(.*)$`)

// mistake names the node or the edge that a fault is in, as long as it has an id.
func (d drawing) mistake(fault Fault) flow.Mistake {
	m := flow.Mistake{Field: strings.Trim(fault.Location, "."), Message: fault.Message}
	match := partPattern.FindStringSubmatch(m.Field)
	if match == nil {
		return m
	}
	part, _ := look(d.tree, []string{match[1], match[2]}).(map[string]any)
	id, _ := part["id"].(string)
	switch {
	case id == "":
	case match[1] == "nodes":
		m.Node, m.Field = id, match[3]
	default:
		m.Edge, m.Field = id, match[3]
	}
	return m
}

// steps takes a location such as nodes[2].name apart.
func steps(location string) []string {
	return strings.FieldsFunc(location, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// look returns what is at a path; nil for nothing.
func look(tree any, path []string) any {
	for _, step := range path {
		switch of := tree.(type) {
		case map[string]any:
			tree = of[step]
		case []any:
			at, err := strconv.Atoi(step)
			if err != nil || at >= len(of) {
				return nil
			}
			tree = of[at]
		default:
			return nil
		}
	}
	return tree
}

// forget puts null, which says nothing, in the place of what is at a path.
func forget(tree any, path []string) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	switch of := look(tree, path[:len(path)-1]).(type) {
	case map[string]any:
		if _, ok := of[last]; ok {
			of[last] = nil
		}
	case []any:
		if at, err := strconv.Atoi(last); err == nil && at < len(of) {
			of[at] = nil
		}
	}
}

var inDrawing = regexp.MustCompile(`^(body(?:\.draft)?)\.(?:nodes|edges)\[`)

// inNodes puts the names of nodes in the place of their numbers, and adds what else is wrong with the drawing that was sent.
func inNodes(faults []Fault, sent []byte) []Fault {
	at := slices.IndexFunc(faults, func(f Fault) bool { return inDrawing.MatchString(f.Location) })
	if at < 0 || len(sent) == 0 {
		return faults
	}
	place := inDrawing.FindStringSubmatch(faults[at].Location)[1]
	var tree any
	if err := json.Unmarshal(sent, &tree); err != nil {
		return faults
	}
	problems, _ := drawing{look(tree, steps(place)[1:])}.check()
	faults = slices.DeleteFunc(faults, func(f Fault) bool { return inDrawing.MatchString(f.Location) })
	return append(faults, faultsIn(place, flow.Faults(problems))...)
}

// faultsIn says where in a request the problems of a drawing are.
func faultsIn(place string, problems []flow.Mistake) (faults []Fault) {
	for _, problem := range problems {
		location := place
		switch {
		case problem.Node != "":
			location += ".nodes." + problem.Node
		case problem.Edge != "":
			location += ".edges." + problem.Edge
		}
		if problem.Field != "" {
			location += "." + problem.Field
		}
		faults = append(faults, Fault{Location: location, Message: problem.Message})
	}
	return faults
}
