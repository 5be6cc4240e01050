package consent

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "has", Name: "Has consents", Icon: "shield-check",
		New: func() node.Node { return &Has{} },
		Out: []node.Port{
			{Name: "true", Doc: "The consents are given and hold."},
			{Name: "false", Doc: "They are not given or don't hold any more, or the event has no profile."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.consents.require_consents_action.plugin.RequireConsentsAction"},
		Examples: []node.Example{
			{
				Name: "one of two", Config: `{"consent_ids": [{"id": "mail", "name": "Mail"}, {"id": "ads", "name": "Ads"}]}`,
				Profile: `{"consents": {"mail": {"revoke": null}}}`, Payload: `{"a": 1}`, Port: "true",
			},
			{
				Name: "not both", Config: `{"consent_ids": ["mail", "ads"], "require_all": true}`,
				Profile: `{"consents": {"mail": {"revoke": null}}}`, Payload: `{"a": 1}`, Port: "false",
			},
			{
				Name: "it is over", Config: `{"consent_ids": ["mail"]}`, Port: "false",
				Profile: `{"consents": {"mail": {"revoke": "2026-03-02T10:30:00Z"}, "ads": {"revoke": "2026-03-02T10:30:01Z"}}}`,
				After:   map[string]string{"profile@consents": `{"ads": {"revoke": "2026-03-02T10:30:01Z"}}`},
			},
			{
				Name: "both hold", Config: `{"consent_ids": ["mail", "ads"], "require_all": true}`, Port: "true",
				Profile: `{"consents": {"mail": {"revoke": "2027-01-01T00:00:00Z"}, "ads": {}}}`,
			},
			{Name: "an end that can't be read", Config: `{"consent_ids": ["mail"]}`, Profile: `{"consents": {"mail": {"revoke": "soon"}}}`, Port: "false"},
			{Name: "nobody", Config: `{"consent_ids": ["mail"]}`, Profile: "null", Port: "false"},
		},
	})
}

// Has goes on at the port true when the person has given one of the consents, or all of them, and they still hold; else at the
// port false. It looks at the present: after a wait, a consent that was taken back meanwhile is not there.
//
// Consents that are over are removed from the profile.
type Has struct {
	IDs []node.Reference `json:"consent_ids" title:"Consents" help:"Ids of consents." required:"true" kind:"consent"`
	All bool             `json:"require_all" title:"All of them" help:"Else one is enough."`
}

// Run implements node.Node.
func (n *Has) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Profile() == nil {
		return node.To("false", in.Payload), nil
	}
	found, _ := in.Look("profile", consentsPath)
	given, _ := tracardi.Clone(found).(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(given)) {
		if end, ends := revoked(given[id]); ends && !end.After(in.Now()) {
			delete(given, id)
			if end.IsZero() {
				in.Warn("the end of the consent %q can't be read, so it does not count", id)
				continue
			}
			if err := in.Change("profile", consentsPath.Join(id), nil); err != nil {
				return node.Output{}, err
			}
		}
	}
	holds := func(consent node.Reference) bool { _, ok := given[consent.ID]; return ok }
	granted := slices.ContainsFunc(n.IDs, holds)
	if n.All {
		granted = !slices.ContainsFunc(n.IDs, func(consent node.Reference) bool { return !holds(consent) })
	}
	return node.To(strconv.FormatBool(granted), in.Payload), nil
}

// revoked is when a consent ends; the zero time when that can't be read.
func revoked(consent any) (end time.Time, ends bool) {
	revoke, _ := tracardi.Dig(consent, "revoke")
	if revoke == nil {
		return time.Time{}, false
	}
	text, _ := revoke.(string)
	end, err := tracardi.ParseTime(text)
	if err != nil {
		return time.Time{}, true
	}
	return end, true
}
