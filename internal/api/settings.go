package api

import (
	"context"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// workplaceRoutes are those of what people arrange for themselves and each other.
func (s *server) workplaceRoutes() []route {
	settings, views := s.settingsRoutes(), s.viewRoutes()
	return []route{
		{"GET", "/settings", "get-settings", everyone(""), "Get the settings of the workspace", 0, on(s, s.getSettings)},
		{"PUT", "/settings", "replace-settings", admins("settings:write"), "Replace the settings of the workspace", 0, on(s, s.putSettings(settings))},

		{"GET", "/health", "get-health", everyone("health:read"), "Tell how the installation does", 0, on(s, s.health)},

		{"GET", "/views", "list-views", everyone("views:read"), "List the saved views: your own and those that are shared", 0, on(s, s.listViews)},
		{"POST", "/views", "create-view", everyone("views:write"), "Save a view", 201, on(s, views.create)},
		{"PUT", "/views/{id}", "replace-view", everyone("views:write"), "Replace a view", 0, on(s, views.replace)},
		{"PATCH", "/views/{id}", "update-view", everyone("views:write"), "Change fields of a view", 0, on(s, views.update)},
		{"DELETE", "/views/{id}", "delete-view", everyone("views:write"), "Delete a view", 0, on(s, views.remove)},
	}
}

// Settings are the settings of the workspace as the API shows them.
type Settings struct {
	workspace.Settings
	Version int64      `json:"version" readOnly:"true" doc:"Counts the writes; 0 for the defaults. Send it as If-Match to change only what you have seen."`
	Updated *time.Time `json:"updated,omitempty" readOnly:"true"`
}

func (s *server) settingsRoutes() *resource[workspace.Settings, Settings] {
	return &resource[workspace.Settings, Settings]{
		s: s, kind: s.settings,
		view: func(e workspace.Entry[workspace.Settings]) Settings {
			return Settings{e.Value, e.Version, timeOrNil(e.Updated)}
		},
		accept: func(_ context.Context, _ string, in *Settings, _ *workspace.Settings) (workspace.Entry[workspace.Settings], error) {
			return workspace.Entry[workspace.Settings]{ID: workspace.SettingsID, Name: in.Name, Value: in.Settings}, checkSettings(&in.Settings)
		},
	}
}

func checkSettings(in *workspace.Settings) error {
	if in.TimeZone != "" {
		if _, err := zone("time_zone", in.TimeZone); err != nil {
			return err
		}
	}
	if !slices.Contains(in.PersonalData, string(auth.Admin)) {
		return tracardi.InvalidField("personal_data", "must name admin: administrators can give themselves any role")
	}
	return nil
}

// zone finds a time zone by its name.
func zone(field, name string) (*time.Location, error) {
	found, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, tracardi.InvalidField(field, "there is no time zone %q: write it like Europe/Berlin", name)
	}
	return found, nil
}

func (s *server) getSettings(ctx context.Context, _ *struct{}) (*itemOutput[Settings], error) {
	entry, err := s.currentSettings(ctx)
	if err != nil {
		return nil, err
	}
	return s.settingsRoutes().output(entry), nil
}

// currentSettings reads the settings; without any they are the defaults, of version 0.
func (s *server) currentSettings(ctx context.Context) (workspace.Entry[workspace.Settings], error) {
	entry, err := s.settings.Get(ctx, of(ctx).tenant, workspace.SettingsID)
	if err != nil && tracardi.KindOf(err) == tracardi.NotFound {
		return workspace.Entry[workspace.Settings]{ID: workspace.SettingsID, Value: workspace.DefaultSettings()}, nil
	}
	return entry, err
}

func (s *server) putSettings(r *resource[workspace.Settings, Settings]) func(context.Context, *settingsInput) (*itemOutput[Settings], error) {
	return func(ctx context.Context, in *settingsInput) (*itemOutput[Settings], error) {
		old, err := s.currentSettings(ctx)
		if err != nil {
			return nil, err
		}
		if err := unchanged(in.IfMatch, old.Version); err != nil {
			return nil, err
		}
		return r.rewrite(ctx, old, &in.Body)
	}
}

type settingsInput struct {
	IfMatch string `header:"If-Match" doc:"Change them only if this is still their version."`
	Body    Settings
}
