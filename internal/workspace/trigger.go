package workspace

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// KindTrigger is the kind of configuration that says when flows run.
const KindTrigger = "trigger"

// Trigger says when a flow runs: for events, at times, or after another flow.
type Trigger struct {
	ID          string    `json:"id" required:"false" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$" doc:"Kept when given, made when not."`
	Name        string    `json:"name" minLength:"1" maxLength:"200"`
	Description string    `json:"description,omitempty" maxLength:"2000"`
	Tags        []string  `json:"tags,omitempty"`
	Flow        string    `json:"flow" minLength:"1" maxLength:"80" doc:"Id of the flow that runs."`
	Enabled     bool      `json:"enabled"`
	Priority    int       `json:"priority,omitempty" minimum:"-1000" maximum:"1000" doc:"Flows of one event run in the order of this number, then of the triggers' names."`
	EventType   string    `json:"event_type,omitempty" maxLength:"200" doc:"Type of the events; left out or * for all."`
	Source      string    `json:"source,omitempty" maxLength:"200" doc:"Source of the events, by its id or its name; left out or * for all, the system's own included."`
	Consents    []string  `json:"consents,omitempty" maxItems:"50" doc:"Ids of consents that the profile must have given. When one is withdrawn, waiting runs end."`
	Condition   string    `json:"condition,omitempty" maxLength:"16384" doc:"What must hold, such as event@properties.value > 10."`
	Schedule    *Schedule `json:"schedule,omitempty" doc:"Run at times, without a profile."`
	After       *After    `json:"after,omitempty" doc:"Run when another flow has come to its end, for the same event."`
}

// Schedule is times: those of a cron line, or every so often.
type Schedule struct {
	Cron  string `json:"cron,omitempty" maxLength:"200" doc:"Minute, hour, day of the month, month, day of the week, such as 0 8 * * 1-5; or @daily."`
	Zone  string `json:"zone,omitempty" maxLength:"60" doc:"Time zone of the cron line, such as Europe/Warsaw; UTC when left out."`
	Every string `json:"every,omitempty" maxLength:"60" doc:"Instead of a cron line: a length of time such as 15m or 2h, a minute at least."`
}

// After names a flow that comes before.
type After struct {
	Flow   string `json:"flow" minLength:"1" maxLength:"80"`
	Failed bool   `json:"failed,omitempty" doc:"Only when it failed; else only when it did not."`
}

// Triggers gives access to the triggers.
func Triggers(config storage.Config) Kind[Trigger] {
	return NewKind[Trigger](config, KindTrigger)
}

// Check is an Invalid error that names what is wrong with the trigger.
func (t *Trigger) Check() error {
	_, err := t.arm()
	return err
}

// Armed is a trigger of a live flow, ready to decide.
type Armed struct {
	*Trigger
	Runs  *Running
	Where *expr.Condition // nil for always
	times cron.Schedule   // nil for a trigger without a schedule
}

// Next is the first time of the schedule after a moment.
func (a *Armed) Next(after time.Time) time.Time { return a.times.Next(after) }

func (t *Trigger) arm() (*Armed, error) {
	a := &Armed{Trigger: t}
	var err error
	if t.Condition != "" {
		if a.Where, err = expr.Parse(t.Condition); err != nil {
			return nil, &tracardi.Error{Kind: tracardi.Invalid, Field: "condition", Message: err.Error(), Err: err}
		}
	}
	switch {
	case t.Schedule != nil && t.After != nil:
		return nil, tracardi.InvalidField("after", "is for flows that follow others: leave it or the schedule out")
	case t.After != nil && t.After.Flow == t.Flow:
		return nil, tracardi.InvalidField("after.flow", "is the flow itself")
	case t.Schedule != nil && (t.EventType != "" || t.Source != "" || len(t.Consents) > 0):
		return nil, tracardi.InvalidField("schedule", "has no event and no profile: leave event_type, source and consents out")
	case t.Schedule != nil:
		a.times, err = t.Schedule.parse()
	}
	return a, err
}

// shortest is the time between two runs of a schedule, at least.
const shortest = time.Minute

func (s *Schedule) parse() (cron.Schedule, error) {
	switch {
	case (s.Cron == "") == (s.Every == ""):
		return nil, tracardi.InvalidField("schedule", "needs a cron line or a length of time, and not both")
	case s.Every != "":
		offset, err := expr.ParseOffset(s.Every)
		if err != nil {
			return nil, tracardi.InvalidField("schedule.every", "%v", err)
		}
		now := time.Unix(0, 0).UTC()
		length := offset.Add(now).Sub(now)
		if length < shortest {
			return nil, tracardi.InvalidField("schedule.every", "is a minute at least")
		}
		return every(length), nil
	}
	zone := cmp.Or(s.Zone, "UTC")
	if _, err := time.LoadLocation(zone); err != nil || strings.ContainsAny(zone, " \t\n") {
		return nil, tracardi.InvalidField("schedule.zone", "there is no time zone %q: write it like Europe/Warsaw", zone)
	}
	if strings.Contains(s.Cron, "TZ=") || strings.HasPrefix(s.Cron, "@every") {
		return nil, tracardi.InvalidField("schedule.cron", "has the zone in zone and lengths of time in every")
	}
	times, err := cron.ParseStandard("CRON_TZ=" + zone + " " + s.Cron)
	if err != nil {
		return nil, tracardi.InvalidField("schedule.cron", "%v", err)
	}
	if times.Next(time.Unix(0, 0)).IsZero() {
		return nil, tracardi.InvalidField("schedule.cron", "is a time that never comes")
	}
	return times, nil
}

// every is times that lie equally far from each other, the same in all processes.
type every time.Duration

// Next implements cron.Schedule.
func (e every) Next(after time.Time) time.Time {
	return after.Truncate(time.Duration(e)).Add(time.Duration(e))
}

// Plan says which flows of a tenant are live, and when they run.
type Plan struct {
	Running   map[string]*Running // by id of the flow
	Scheduled []*Armed
	byType    map[string][]*Armed // for events of a type and of all types, in the order in which they run
	anyType   []*Armed
	after     map[string][]*Armed // by id of the flow before
}

// arrange sorts the triggers of the flows that run.
func (p *Plan) arrange(triggers []*Trigger, broken func(*Trigger, error)) {
	p.byType, p.after = map[string][]*Armed{}, map[string][]*Armed{}
	slices.SortFunc(triggers, func(a, b *Trigger) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	var events []*Armed
	for _, t := range triggers {
		runs := p.Running[t.Flow]
		if !t.Enabled || runs == nil {
			continue
		}
		a, err := t.arm()
		if err != nil {
			broken(t, err)
			continue
		}
		a.Runs = runs
		switch {
		case t.Schedule != nil:
			p.Scheduled = append(p.Scheduled, a)
		case t.After != nil:
			p.after[t.After.Flow] = append(p.after[t.After.Flow], a)
		default:
			events = append(events, a)
		}
	}
	for _, a := range events {
		if a.EventType == "" {
			p.anyType = append(p.anyType, a)
		} else if _, done := p.byType[a.EventType]; !done {
			p.byType[a.EventType] = slices.DeleteFunc(slices.Clone(events), func(b *Armed) bool {
				return b.EventType != "" && b.EventType != a.EventType
			})
		}
	}
}

// For returns the triggers for events of a type, in the order in which their flows run.
func (p *Plan) For(eventType string) []*Armed {
	if p == nil {
		return nil
	}
	if armed, ok := p.byType[eventType]; ok {
		return armed
	}
	return p.anyType
}

// After returns the triggers that follow a flow.
func (p *Plan) After(flow string) []*Armed {
	if p == nil {
		return nil
	}
	return p.after[flow]
}

// Schedule returns a scheduled trigger by its id; nil when there is none.
func (p *Plan) Schedule(id string) *Armed {
	if p == nil {
		return nil
	}
	for _, a := range p.Scheduled {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// Live returns a live flow; nil for one that is not.
func (p *Plan) Live(id string) *Running {
	if p == nil {
		return nil
	}
	return p.Running[id]
}

// PlanOf is the plan in which one flow runs for the events of its triggers, as if it were live, or for all of a type when it has
// none.
func PlanOf(f *flow.Flow, since time.Time, triggers []*Trigger) *Plan {
	p := &Plan{Running: map[string]*Running{f.ID: {Flow: f, Since: since}}}
	p.arrange(triggers, func(*Trigger, error) {})
	return p
}
