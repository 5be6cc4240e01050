package tracardi

import "time"

// Session is a visit.
type Session struct {
	ID         string          `json:"id"`
	Metadata   SessionMetadata `json:"metadata"`
	Profile    ProfileRef      `json:"profile"`
	Device     Device          `json:"device"`
	OS         OS              `json:"os"`
	App        App             `json:"app"`
	UTM        UTM             `json:"utm"`
	Context    Object          `json:"context"`
	Properties Object          `json:"properties"`
	Traits     Object          `json:"traits"`
	Aux        Object          `json:"aux"`

	New     bool   `json:"-"` // not stored yet
	Version uint64 `json:"-"` // of the stored document; 0 when new
	Size    int    `json:"-"` // bytes of the stored document
}

// States of a session.
const (
	SessionStarted = "started"
	SessionActive  = "active"
	SessionEnded   = "ended"
)

// SessionMetadata holds a session's times and state.
type SessionMetadata struct {
	Time    SessionTime `json:"time"`
	Channel string      `json:"channel"`
	Status  string      `json:"status"` // started, active or ended
	Aux     Object      `json:"aux"`
}

// SessionTime holds when a session began and how long it lasts.
type SessionTime struct {
	Insert    time.Time `json:"insert"`
	Update    time.Time `json:"update"`
	Timestamp float64   `json:"timestamp"` // seconds since 1970
	Duration  float64   `json:"duration"`  // seconds from the first to the last event
	Weekday   int       `json:"weekday"`   // 0 is Monday
}

// ProfileRef points to a profile.
type ProfileRef struct {
	ID        string `json:"id"`
	PrimaryID string `json:"primary_id"`
}

// Device is what the visitor holds in the hand.
type Device struct {
	Name        string `json:"name"`
	Brand       string `json:"brand"`
	Model       string `json:"model"`
	Type        string `json:"type"` // mobile, pc, tablet or email
	Touch       bool   `json:"touch"`
	IP          string `json:"ip"`
	Resolution  string `json:"resolution"` // such as 1920x1080
	ColorDepth  int    `json:"color_depth"`
	Orientation string `json:"orientation"`
	Geo         Geo    `json:"geo"`
}

// Geo is a place. Its JSON also has "location", the list of longitude and latitude.
type Geo struct {
	Country   Country `json:"country"`
	City      string  `json:"city"`
	County    string  `json:"county"`
	Postal    string  `json:"postal"`
	Latitude  float64 `json:"latitude"`  // degrees
	Longitude float64 `json:"longitude"` // degrees
}

// Country is a country's name and its two-letter code.
type Country struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// Empty tells whether nothing is known of the place.
func (g *Geo) Empty() bool { return *g == Geo{} }

// OS is an operating system.
type OS struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// App is the program that the visitor uses, mostly a browser.
type App struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	Version    string `json:"version"`
	Language   string `json:"language"`
	Bot        bool   `json:"bot"`
	Resolution string `json:"resolution"`
}

// UTM says which campaign brought the visitor.
type UTM struct {
	Source   string `json:"source"`
	Medium   string `json:"medium"`
	Campaign string `json:"campaign"`
	Term     string `json:"term"`
	Content  string `json:"content"`
}

// AppendJSON appends the stored form of the session.
func (s *Session) AppendJSON(dst []byte) []byte {
	w := writer(append(dst, '{'))
	w.text("id", s.ID)
	w.begin("metadata")
	w.begin("time")
	w.time("insert", s.Metadata.Time.Insert)
	w.time("update", s.Metadata.Time.Update)
	w.number("timestamp", s.Metadata.Time.Timestamp)
	w.number("duration", s.Metadata.Time.Duration)
	w.name("weekday")
	w = append(w, byte('0'+s.Metadata.Time.Weekday%7))
	w.end()
	w.text("channel", s.Metadata.Channel)
	w.text("status", s.Metadata.Status)
	w.object("aux", &s.Metadata.Aux)
	w.end()
	w.profile(s.Profile)
	w.visit(&s.Device, s.OS, s.App, s.UTM)
	w.object("context", &s.Context)
	w.object("properties", &s.Properties)
	w.object("traits", &s.Traits)
	w.object("aux", &s.Aux)
	return append(w, '}')
}

func (w *writer) profile(p ProfileRef) {
	if p.ID == "" {
		return
	}
	w.begin("profile")
	w.text("id", p.ID)
	w.text("primary_id", p.PrimaryID)
	w.end()
}

// visit writes what sessions have and events copy from them.
func (w *writer) visit(device *Device, os OS, app App, utm UTM) {
	if *device != (Device{}) {
		w.begin("device")
		w.text("name", device.Name)
		w.text("brand", device.Brand)
		w.text("model", device.Model)
		w.text("type", device.Type)
		w.flag("touch", device.Touch)
		w.text("ip", device.IP)
		w.text("resolution", device.Resolution)
		w.integer("color_depth", device.ColorDepth)
		w.text("orientation", device.Orientation)
		w.geo(&device.Geo)
		w.end()
	}
	if os != (OS{}) {
		w.begin("os")
		w.text("name", os.Name)
		w.text("version", os.Version)
		w.end()
	}
	if app != (App{}) {
		w.begin("app")
		w.text("type", app.Type)
		w.text("name", app.Name)
		w.text("version", app.Version)
		w.text("language", app.Language)
		w.flag("bot", app.Bot)
		w.text("resolution", app.Resolution)
		w.end()
	}
	if utm != (UTM{}) {
		w.begin("utm")
		w.text("source", utm.Source)
		w.text("medium", utm.Medium)
		w.text("campaign", utm.Campaign)
		w.text("term", utm.Term)
		w.text("content", utm.Content)
		w.end()
	}
}

func (w *writer) geo(g *Geo) {
	if g.Empty() {
		return
	}
	w.begin("geo")
	if g.Country != (Country{}) {
		w.begin("country")
		w.text("name", g.Country.Name)
		w.text("code", g.Country.Code)
		w.end()
	}
	w.text("city", g.City)
	w.text("county", g.County)
	w.text("postal", g.Postal)
	w.number("latitude", g.Latitude)
	w.number("longitude", g.Longitude)
	if g.Latitude != 0 || g.Longitude != 0 {
		w.name("location")
		*w = AppendValue(*w, []any{g.Longitude, g.Latitude})
	}
	w.end()
}

// Map returns the place as the free-form object that profiles and events hold.
func (g *Geo) Map() map[string]any {
	tree := map[string]any{}
	put := func(name, value string) {
		if value != "" {
			tree[name] = value
		}
	}
	if g.Country != (Country{}) {
		tree["country"] = map[string]any{"name": g.Country.Name, "code": g.Country.Code}
	}
	put("city", g.City)
	put("county", g.County)
	put("postal", g.Postal)
	if g.Latitude != 0 || g.Longitude != 0 {
		tree["latitude"], tree["longitude"] = g.Latitude, g.Longitude
		tree["location"] = []any{g.Longitude, g.Latitude}
	}
	return tree
}
