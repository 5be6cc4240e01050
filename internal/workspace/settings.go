package workspace

import (
	"context"

	"github.com/tracardi/tracardi-go/storage"
)

// Settings are what people change about a tenant while the program runs. What a process needs to start is in package config.
type Settings struct {
	Name         string   `json:"name,omitempty" maxLength:"100" doc:"What the workspace is called, for people who have several."`
	TimeZone     string   `json:"time_zone,omitempty" maxLength:"60" doc:"The zone in which times are shown to people who chose none, such as Europe/Warsaw. Empty: that of the browser."`
	Language     string   `json:"language,omitempty" enum:",en,pl" doc:"The language of people who chose none. Empty: that of the browser."`
	PersonalData []string `json:"personal_data" nullable:"false" enum:"admin,developer,marketer,viewer" doc:"The roles that see personal data, such as names and addresses. Others get dots in their place, and may not search by them."`
}

// SettingsID is the id of the one item of its kind.
const SettingsID = "workspace"

// DefaultSettings are those of a tenant that has changed none.
func DefaultSettings() Settings {
	return Settings{PersonalData: []string{"admin", "developer", "marketer"}}
}

// SettingsOf gives access to the settings of tenants.
func SettingsOf(config storage.Config) Kind[Settings] { return NewKind[Settings](config, KindSettings) }

// General returns the tenant's settings.
func (s *Snapshot) General() Settings {
	if s.settings == nil {
		return DefaultSettings()
	}
	return *s.settings
}

func (w *Workspace) loadSettings(ctx context.Context, s *Snapshot, tenant string) error {
	found, err := readable(ctx, w, SettingsOf(w.config), tenant)
	s.settings = nil
	if len(found) > 0 {
		s.settings = found[0]
	}
	return err
}
