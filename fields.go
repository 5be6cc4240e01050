package tracardi

// step splits the first name off a path; it is empty at the end of the path.
func step(path []string) (name string, rest []string) {
	if len(path) == 0 {
		return "", nil
	}
	if path[0] == "" {
		return "?", nil // no field has an empty name
	}
	return path[0], path[1:]
}

func (e *Event) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &e.ID, rest
	case "name":
		return &e.Name, rest
	case "type":
		return &e.Type, rest
	case "metadata":
		return e.Metadata.at(rest)
	case "source":
		return e.Source.at(rest)
	case "session":
		return e.Session.at(rest)
	case "profile":
		return e.Profile.at(rest)
	case "properties":
		return &e.Properties, rest
	case "context":
		return &e.Context, rest
	case "traits":
		return &e.Traits, rest
	case "data":
		return &e.Data, rest
	case "config":
		return &e.Config, rest
	case "tags":
		return tagsAt(&e.Tags, rest)
	case "device":
		return e.Device.at(rest)
	case "os":
		return e.OS.at(rest)
	case "app":
		return e.App.at(rest)
	case "utm":
		return e.UTM.at(rest)
	case "hit":
		return e.Hit.at(rest)
	case "journey":
		name, rest := step(rest)
		switch name {
		case "":
			return group{}, nil
		case "state":
			return &e.Journey, rest
		}
	case "aux":
		return &e.Aux, rest
	case "trash":
		return &e.Trash, rest
	}
	return nil, nil
}

func (m *EventMetadata) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "time":
		return m.timeAt(rest)
	case "ip":
		return &m.IP, rest
	case "channel":
		return &m.Channel, rest
	case "status":
		return &m.Status, rest
	case "processed_by":
		name, rest := step(rest)
		switch name {
		case "":
			return group{}, nil
		case "rules":
			return &m.Rules, rest
		case "flows":
			return &m.Flows, rest
		case "third_party":
			return &m.ThirdParty, rest
		}
	case "profile_less":
		return &m.ProfileLess, rest
	case "debug":
		return &m.Debug, rest
	case "error":
		return &m.Error, rest
	case "warning":
		return &m.Warning, rest
	case "merge":
		return &m.Merge, rest
	case "valid":
		return (*negated)(&m.Invalid), rest
	case "instance":
		return idAt(&m.Instance, rest)
	case "aux":
		return &m.Aux, rest
	}
	return nil, nil
}

func (m *EventMetadata) timeAt(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "insert":
		return &m.Insert, rest
	case "create":
		return &m.Create, rest
	case "update":
		return &m.Update, rest
	case "process_time":
		return &m.ProcessTime, rest
	case "total_time":
		return &m.TotalTime, rest
	}
	return nil, nil
}

func (r *Ref) at(path []string) (any, []string) { return idAt(&r.ID, path) }

func idAt(id *string, path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return id, rest
	}
	return nil, nil
}

func tagsAt(tags *[]string, path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "values":
		return tags, rest
	case "count":
		return derived{}, rest
	}
	return nil, nil
}

func (s *EventSession) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &s.ID, rest
	case "start":
		return &s.Start, rest
	case "duration":
		return &s.Duration, rest
	case "tz":
		return &s.TZ, rest
	}
	return nil, nil
}

func (p *ProfileRef) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &p.ID, rest
	case "primary_id":
		return &p.PrimaryID, rest
	}
	return nil, nil
}

func (h *Hit) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &h.ID, rest
	case "name":
		return &h.Name, rest
	case "url":
		return &h.URL, rest
	case "referer":
		return &h.Referer, rest
	case "query":
		return &h.Query, rest
	case "category":
		return &h.Category, rest
	}
	return nil, nil
}

func (s *Session) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &s.ID, rest
	case "metadata":
		return s.Metadata.at(rest)
	case "profile":
		return s.Profile.at(rest)
	case "device":
		return s.Device.at(rest)
	case "os":
		return s.OS.at(rest)
	case "app":
		return s.App.at(rest)
	case "utm":
		return s.UTM.at(rest)
	case "context":
		return &s.Context, rest
	case "properties":
		return &s.Properties, rest
	case "traits":
		return &s.Traits, rest
	case "aux":
		return &s.Aux, rest
	}
	return nil, nil
}

func (m *SessionMetadata) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "time":
		return m.Time.at(rest)
	case "channel":
		return &m.Channel, rest
	case "status":
		return &m.Status, rest
	case "aux":
		return &m.Aux, rest
	}
	return nil, nil
}

func (t *SessionTime) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "insert":
		return &t.Insert, rest
	case "update":
		return &t.Update, rest
	case "timestamp":
		return &t.Timestamp, rest
	case "duration":
		return &t.Duration, rest
	case "weekday":
		return (*weekday)(&t.Weekday), rest
	}
	return nil, nil
}

func (d *Device) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "name":
		return &d.Name, rest
	case "brand":
		return &d.Brand, rest
	case "model":
		return &d.Model, rest
	case "type":
		return &d.Type, rest
	case "touch":
		return &d.Touch, rest
	case "ip":
		return &d.IP, rest
	case "resolution":
		return &d.Resolution, rest
	case "color_depth":
		return &d.ColorDepth, rest
	case "orientation":
		return &d.Orientation, rest
	case "geo":
		return d.Geo.at(rest)
	}
	return nil, nil
}

func (g *Geo) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "country":
		name, rest := step(rest)
		switch name {
		case "":
			return group{}, nil
		case "name":
			return &g.Country.Name, rest
		case "code":
			return &g.Country.Code, rest
		}
	case "city":
		return &g.City, rest
	case "county":
		return &g.County, rest
	case "postal":
		return &g.Postal, rest
	case "latitude":
		return &g.Latitude, rest
	case "longitude":
		return &g.Longitude, rest
	case "location":
		return (*place)(g), rest
	}
	return nil, nil
}

func (o *OS) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "name":
		return &o.Name, rest
	case "version":
		return &o.Version, rest
	}
	return nil, nil
}

func (a *App) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "type":
		return &a.Type, rest
	case "name":
		return &a.Name, rest
	case "version":
		return &a.Version, rest
	case "language":
		return &a.Language, rest
	case "bot":
		return &a.Bot, rest
	case "resolution":
		return &a.Resolution, rest
	}
	return nil, nil
}

func (u *UTM) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "source":
		return &u.Source, rest
	case "medium":
		return &u.Medium, rest
	case "campaign":
		return &u.Campaign, rest
	case "term":
		return &u.Term, rest
	case "content":
		return &u.Content, rest
	}
	return nil, nil
}

func (p *Profile) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "id":
		return &p.ID, rest
	case "primary_id":
		return &p.PrimaryID, rest
	case "ids":
		return &p.IDs, rest
	case "metadata":
		return p.Metadata.at(rest)
	case "stats":
		return p.Stats.at(rest)
	case "traits":
		return &p.Traits, rest
	case "segments":
		return &p.Segments, rest
	case "interests":
		return &p.Interests, rest
	case "consents":
		return &p.Consents, rest
	case "active":
		return (*always)(&p.Active), rest
	case "aux":
		return &p.Aux, rest
	case "data":
		return &p.Data, rest
	case "misc":
		return &p.Misc, rest
	case "trash":
		return &p.Trash, rest
	}
	return nil, nil
}

func (m *ProfileMetadata) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "time":
		return m.Time.at(rest)
	case "status":
		return &m.Status, rest
	case "aux":
		return &m.Aux, rest
	case "fields":
		return &m.Fields, rest
	case "system":
		name, rest := step(rest)
		switch name {
		case "":
			return group{}, nil
		case "integrations":
			return &m.System.Integrations, rest
		case "aux":
			return &m.System.Aux, rest
		}
	}
	return nil, nil
}

func (t *ProfileTime) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "insert":
		return &t.Insert, rest
	case "create":
		return &t.Create, rest
	case "update":
		return &t.Update, rest
	case "segmentation":
		return &t.Segmentation, rest
	case "visit":
		return t.Visit.at(rest)
	}
	return nil, nil
}

func (v *Visit) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "last":
		return &v.Last, rest
	case "current":
		return &v.Current, rest
	case "count":
		return &v.Count, rest
	case "tz":
		return &v.TZ, rest
	}
	return nil, nil
}

func (s *Stats) at(path []string) (any, []string) {
	name, rest := step(path)
	switch name {
	case "":
		return group{}, nil
	case "visits":
		return &s.Visits, rest
	case "views":
		return &s.Views, rest
	case "counters":
		return &s.Counters, rest
	}
	return nil, nil
}
