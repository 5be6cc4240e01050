package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"
)

const about = `The admin API of Tracardi: configuration, search and accounts.

Send a token as "Authorization: Bearer trc_...", or sign in and let the browser send the session's cookie. Errors are problems
(RFC 9457) that name the part of the request that is wrong. Lists give a cursor for their next page.`

// frameworkSettings are those of the framework. Its own routes for documents and schemas stay off: all routes are in our table.
func frameworkSettings() huma.Config {
	config := huma.DefaultConfig("Tracardi", "1")
	config.CreateHooks = nil
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = about
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Transformers = []huma.Transformer{ours, masked}
	config.RejectUnknownQueryParameters = true
	strict := huma.DefaultJSONFormat
	strict.Unmarshal = unmarshal
	config.Formats = map[string]huma.Format{"application/json": strict, "json": strict}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token made under /tokens."},
		"session": {Type: "apiKey", In: "cookie", Name: "tracardi_session", Description: "What signing in gives."},
	}
	return config
}

// The framework would take "Role" for "role" when it decodes a body, after it has checked the role alone.
func init() { huma.ValidateStrictCasing = true }

// unmarshal reads JSON in which no name is there twice. The framework checks what is last, and the decoder puts objects of the same
// name together: what came first would go through unchecked.
func unmarshal(text []byte, into any) error {
	if err := jsontext.NewDecoder(bytes.NewReader(text)).SkipValue(); err != nil {
		if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("has the member %s twice", syntax.JSONPointer)
		}
	}
	return json.Unmarshal(text, into) // which says better what else is wrong
}

// operation describes a route.
func (s *server) operation(r route) huma.Operation {
	op := huma.Operation{
		OperationID:   r.id,
		Method:        r.method,
		Path:          r.path,
		Summary:       r.summary,
		Tags:          []string{strings.Split(r.path, "/")[1]},
		DefaultStatus: r.status,
		Middlewares:   huma.Middlewares{s.admit(r)},
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem",
			Content:     map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
		}},
	}
	if r.public {
		op.Description = "For everyone, without signing in."
		return op
	}
	op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	op.Description = "For " + r.roles.String() + "."
	if r.scope != "" {
		op.Description += fmt.Sprintf(" Tokens that are limited need the scope %s.", r.scope)
	}
	return op
}

// finishDocument puts our problem in the place of the framework's.
func finishDocument(document *huma.OpenAPI) {
	schemas := document.Components.Schemas
	schemas.Schema(typeOf[Problem](), true, "")
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
}

type documentOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// openAPI returns the document that describes the API.
func (s *server) openAPI(context.Context, *struct{}) (*documentOutput, error) {
	text, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		return nil, err
	}
	return &documentOutput{ContentType: "application/openapi+json", Body: append(text, '\n')}, nil
}
