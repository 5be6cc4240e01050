package api

import (
	"context"

	"github.com/tracardi/tracardi-go/internal/eventtype"
)

// EventType is a predefined event type.
type EventType struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Domain      string     `json:"domain" doc:"Groups types, such as ecommerce."`
	Tags        []string   `json:"tags,omitempty" nullable:"false"`
	State       string     `json:"state,omitempty" doc:"The state of the customer's journey that it tells."`
	Properties  []Property `json:"properties" nullable:"false"`
}

// Property is what an event of a type may carry.
type Property struct {
	Path    string `json:"path"`
	Type    string `json:"type"`
	Example string `json:"example,omitempty"`
}

func (s *server) listEventTypes(context.Context, *struct{}) (*listOutput[EventType], error) {
	return listOf(eventtype.All(), func(t *eventtype.Type) EventType {
		view := EventType{ID: t.ID, Name: t.Name, Description: t.Description, Domain: t.Domain, Tags: t.Tags, State: t.State, Properties: []Property{}}
		for _, p := range t.Properties {
			view.Properties = append(view.Properties, Property{p.Path, p.Type, p.Example})
		}
		return view
	}), nil
}
