package api

import "github.com/tracardi/tracardi-go/internal/auth"

// Route is a row of the table as tests see it.
type Route struct {
	Method, Path, Scope string
	Public              bool
	Roles               []auth.Role
}

// Routes is the table.
func Routes() []Route {
	var rows []Route
	for _, r := range (&server{}).routes() {
		rows = append(rows, Route{r.method, r.path, r.scope, r.public, r.roles})
	}
	return rows
}
