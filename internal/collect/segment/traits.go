package segment

import (
	"strings"

	"github.com/tracardi/tracardi-go"
)

// places says where the traits that have a reserved name belong in the properties of a profile-update.
var places = map[string]string{
	"email":                  "contact.email.main",
	"phone":                  "contact.phone.main",
	"firstName":              "pii.firstname",
	"first_name":             "pii.firstname",
	"firstname":              "pii.firstname",
	"lastName":               "pii.lastname",
	"last_name":              "pii.lastname",
	"lastname":               "pii.lastname",
	"name":                   "pii.display_name",
	"birthday":               "pii.birthday",
	"gender":                 "pii.gender",
	"avatar":                 "media.image",
	"website":                "media.webpage",
	"username":               "identifier.token",
	"title":                  "job.position",
	"address.city":           "contact.address.town",
	"address.country":        "contact.address.country",
	"address.postalCode":     "contact.address.postcode",
	"address.postal_code":    "contact.address.postcode",
	"address.state":          "contact.address.county",
	"address.street":         "contact.address.street",
	"company.name":           "job.company.name",
	"company.employee_count": "job.company.size",
	"company.industry":       "job.company.segment",
}

// facts makes the properties of a profile-update from traits. Those without a reserved name are free traits; null takes a free
// trait away and leaves the others.
func facts(userID string, traits *tracardi.Object) tracardi.Object {
	var properties tracardi.Object
	if userID != "" {
		properties.Set(userID, "identifier", "id")
	}
	free := map[string]any{}
	for name, value := range traits.Map() {
		if place, reserved := places[name]; reserved {
			if isScalar(value) {
				properties.Set(value, strings.Split(place, ".")...)
			}
			continue
		}
		group, ok := value.(map[string]any)
		if !ok || name != "address" && name != "company" {
			free[name] = tracardi.Clone(value)
			continue
		}
		rest := map[string]any{}
		for member, value := range group {
			if place, reserved := places[name+"."+member]; reserved && isScalar(value) {
				properties.Set(value, strings.Split(place, ".")...)
			} else if !reserved {
				rest[member] = tracardi.Clone(value)
			}
		}
		if len(rest) > 0 {
			free[name] = rest
		}
	}
	if len(free) > 0 {
		properties.Set(free, "traits")
	}
	return properties
}

func isScalar(value any) bool {
	switch value.(type) {
	case nil, map[string]any, []any:
		return false
	}
	return true
}
