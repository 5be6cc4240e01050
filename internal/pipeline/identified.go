package pipeline

import "github.com/tracardi/tracardi-go"

// How the profile of a payload was found. Events of payloads whose session knew it, as most do, keep no word of it; the others
// keep it as metadata.aux.identified.
const (
	IdentifiedBySession  = ""         // it was the session's
	IdentifiedNew        = "new"      // nobody was found
	IdentifiedByClaim    = "claim"    // the payload named its id
	IdentifiedByReferral = "referral" // another site of ours passed its id on
	IdentifiedByIDs      = "ids"      // it was known by an id that the edge vouches for
	IdentifiedByMerge    = "merge"    // it was found under an id that it had before
	IdentifiedByFlow     = "flow"     // a flow made the event over
	IdentifiedNobody     = "nobody"   // a profile-less payload
)

var identifiedText = func() map[string]string {
	texts := map[string]string{}
	for _, how := range []string{IdentifiedNew, IdentifiedByClaim, IdentifiedByReferral, IdentifiedByIDs, IdentifiedByMerge} {
		texts[how] = `{"identified":"` + how + `"}`
	}
	return texts // nothing for nobody: the event says that it is profile-less
}()

// identified says how the profile was found.
func (k known) identified(payload *tracardi.Payload) string {
	switch {
	case k.profile == nil:
		return IdentifiedNew
	case k.session != nil && k.session.Profile.ID == k.profile.ID:
		return IdentifiedBySession
	case len(payload.Known) > 0:
		return IdentifiedByIDs
	case k.profileID(payload) != k.profile.ID:
		return IdentifiedByMerge
	case payload.Referred == k.profile.ID:
		return IdentifiedByReferral
	}
	return IdentifiedByClaim
}
