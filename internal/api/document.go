package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"
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
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token made under /tokens."},
		"session": {Type: "apiKey", In: "cookie", Name: "tracardi_session", Description: "What signing in gives."},
	}
	return config
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
