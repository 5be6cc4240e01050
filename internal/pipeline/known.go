package pipeline

import (
	"context"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go/internal/identity"
)

// findKnown finds the profile of a visitor by the ids that the edge knows the visitor by. The strongest id that leads to a
// profile wins; the profile becomes known by the others too:
//
//	ids lead to            result
//	nobody                 new profile, known by all of them
//	one profile            that profile, known by all of them
//	several profiles       that of the strongest id, known by all of them and marked: the others may be the same person
//	another person's one   when only a weaker id, such as that of a shared device, leads to a profile that has another
//	                       account: not that profile, and the id stays with it
func (p *Pipeline) findKnown(ctx context.Context, w *Work, locks *held, k *known) error {
	ids, tenant := w.Payload.Known, w.Payload.Tenant
	if k.session != nil && k.session.Profile.ID != "" {
		before := len(locks.taken)
		profile, err := p.lockedProfile(ctx, locks, tenant, k.session.Profile.ID)
		if err != nil {
			return err
		}
		if profile != nil && !slices.ContainsFunc(ids, func(id string) bool { return !profile.HasID(id) }) {
			k.profile = profile
			return nil
		}
		locks.releaseTo(before) // the locks of ids come first
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if err := locks.take(ctx, "known/"+id); err != nil {
			return err
		}
	}
	chosen := ""
	for _, id := range ids {
		found, known, err := p.alias(ctx, tenant, id)
		if err != nil {
			return err
		}
		switch {
		case found == "" || found == chosen:
		case isAccount(ids[0]) && !isAccount(id) && hasOtherAccount(known, ids):
			continue
		case chosen == "":
			chosen = found
		default:
			k.others = true
		}
		k.ids = append(k.ids, id)
	}
	if chosen == "" {
		return nil
	}
	if err := locks.takeProfile(ctx, chosen); err != nil {
		return err
	}
	var err error
	k.profile, err = p.profile(ctx, tenant, chosen)
	return err
}

func isAccount(id string) bool { return strings.HasPrefix(id, identity.UserPrefix) }

// hasOtherAccount tells whether there is the id of an account in known that is not among ids.
func hasOtherAccount(known, ids []string) bool {
	return slices.ContainsFunc(known, func(id string) bool { return isAccount(id) && !slices.Contains(ids, id) })
}

// know makes the profile known by the ids that were found to be the visitor's, and marks it when another profile is known by
// one of them, so that the profiles of one person are looked for.
func (w *Work) know(k known) {
	p := w.Profile
	for _, id := range k.ids {
		if len(p.IDs) < maxIDs && p.AddID(id) {
			w.ProfileChanged = true
			if k.others {
				markMerge(p, "ids")
			}
		}
	}
}
