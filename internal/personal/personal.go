// Package personal knows which parts of documents are personal data, and puts dots in their place for those who may not see them.
//
// What the platform itself keeps about people is known by its path. In free-form parts, such as the properties of an event, a
// field counts as personal by its name, and a text by what it looks like: an e-mail address, or a web address with a personal
// field in its query. docs/operations.md tells it to those who run the program.
package personal

import (
	"net/url"
	"regexp"
	"strings"
)

// Dots stand in the place of personal data.
const Dots = "•••"

// areas are the parts that hold personal data, wherever in a document they are.
var areas = []string{
	"data.pii", "data.contact", "data.identifier", "data.media", "data.job.salary", "data.loyalty.card", "data.loyalty.codes",
	"data.message.recipient", "data.message.sender", "data.message.text", "data.payment.credit_card",
	"geo.latitude", "geo.longitude", "geo.location", "geo.postal",
	"traits.name", "user.name", "customer.name", "person.name", "visitor.name",
	"properties.location", "properties.message", "media.social", "media.image", "media.webpage",
}

// names are those of fields that hold personal data wherever they are, in lower case and without signs.
var names = func() map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq(`mail mails mailaddress phone phones mobile mobilephone telephone tel fax
		whatsapp telegram discord signal slack twitter viber wechat
		givenname familyname maidenname middlename displayname nickname login loginname
		birthday dob gender sex address addresses street streetaddress town county postalcode zip zipcode postcode
		ssn nationalid taxid iban bic accountnumber cardnumber cvv secret token cookie cookies ip primaryid pk badge
		pii contact contacts identifier identifiers recipient sender latitude longitude lat lng lon
		xforwardedfor xrealip remoteaddr clientip salary`) {
		known[name] = true
	}
	return known
}()

// words make a name personal that holds one of them, such as billing_email.
var words = []string{
	"email", "phonenumber", "firstname", "lastname", "fullname", "surname", "username", "birthda", "dateofbirth", "passport", "password",
	"creditcard", "ipaddress",
}

var signs = strings.NewReplacer("_", "", "-", "", " ", "")

// Path tells whether what is at a path is personal data. It may begin anywhere in a document, and a step may be a path of its own
// with dots, as where a profile notes the origin of its fields.
func Path(steps ...string) bool {
	path := "." + strings.Join(steps, ".") + "."
	for _, area := range areas {
		if strings.Contains(path, "."+area+".") {
			return true
		}
	}
	for step := range strings.SplitSeq(path, ".") {
		if name := signs.Replace(strings.ToLower(step)); name != "" && personalName(name) {
			return true
		}
	}
	return false
}

// Around tells whether a path leads to something that personal data is a part of, such as data.
func Around(steps ...string) bool {
	path := strings.Join(steps, ".") + "."
	for _, area := range areas {
		if strings.HasPrefix(area, path) {
			return true
		}
	}
	return len(steps) == 0
}

func personalName(name string) bool {
	if names[name] || strings.HasSuffix(name, "phone") {
		return true
	}
	for _, word := range words {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// address matches a text that holds an e-mail address, also as it is written in web addresses.
var address = regexp.MustCompile(`[^\s@]+(@|%40)[^\s@]+\.[^\s@]+`)

// Text returns a text with dots in the place of what looks like personal data: all of it when it holds an e-mail address or is a
// web address with a personal field in its query, and the parts when it is JSON.
func Text(text string) string {
	switch {
	case len(text) > 1 && (text[0] == '{' || text[0] == '['):
		if masked := Mask([]byte(text)); string(masked) != "null" {
			return string(masked)
		}
	case strings.Contains(text, "=") && personalQuery(text):
		return Dots
	}
	if strings.ContainsAny(text, "@%") && address.MatchString(text) {
		return Dots
	}
	return text
}

// personalQuery tells whether a web address, or what stands behind its question mark, names a personal field.
func personalQuery(text string) bool {
	if _, query, ok := strings.Cut(text, "?"); ok {
		text = query
	}
	for pair := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '&' || r == ';' || r == '#' }) {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if value != "" && !strings.ContainsAny(name, " \t\n") && Path(name) {
			return true
		}
	}
	return false
}

// Value returns a decoded value with dots where it is at a personal path or looks like personal data.
func Value(value any, steps ...string) any {
	if Path(steps...) {
		return Hide(value)
	}
	switch value := value.(type) {
	case string:
		return Text(value)
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = Value(item, steps...)
		}
		return list
	case map[string]any:
		tree := make(map[string]any, len(value))
		for name, item := range value {
			tree[Text(name)] = Value(item, append(steps[:len(steps):len(steps)], name)...)
		}
		return tree
	}
	return value
}

// Hide returns a decoded value with dots in the place of all that tells something: of lists and objects the form is left, of the
// rest that there is a value, and whether it is true.
func Hide(value any) any {
	switch value := value.(type) {
	case nil, bool:
		return value
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = Hide(item)
		}
		return list
	case map[string]any:
		return HideAll(value)
	}
	return Dots
}

// HideAll is Hide for an object.
func HideAll(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	hidden := make(map[string]any, len(object))
	for name, item := range object {
		hidden[Text(name)] = Hide(item)
	}
	return hidden
}
