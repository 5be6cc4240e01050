package tracardi

// Resource is another system that flows and destinations talk to: how it is reached, and with which secrets.
type Resource struct {
	ID          string            `json:"id" required:"false" doc:"Kept when given, made when not."`
	Name        string            `json:"name" minLength:"1" maxLength:"200"`
	Description string            `json:"description,omitempty" maxLength:"2000"`
	Type        string            `json:"type" doc:"A type of resource, such as smtp."`
	Tags        []string          `json:"tags,omitempty"`
	Enabled     bool              `json:"enabled"`
	Settings    map[string]any    `json:"settings,omitempty" doc:"What is no secret."`
	Secrets     map[string]string `json:"secrets,omitempty" doc:"Setting → encrypted value."`
}
