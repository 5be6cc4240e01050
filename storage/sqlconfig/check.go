package sqlconfig

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Limits of an item's parts, in bytes. Tenant, kind and id together fit into the longest key that MySQL indexes; the data into
// the packet that it takes by default.
const (
	MaxTenant = 128
	MaxKind   = 64
	MaxID     = 512
	MaxName   = 1024
	MaxData   = 8 << 20
)

// check refuses what one of the databases could not give back unchanged.
func check(item storage.Item) error {
	for _, part := range []struct {
		field, text string
		min, max    int
	}{
		{"tenant", item.Tenant, 1, MaxTenant},
		{"kind", item.Kind, 1, MaxKind},
		{"id", item.ID, 1, MaxID},
		{"name", item.Name, 0, MaxName},
		{"data", string(item.Data), 1, MaxData},
	} {
		switch {
		case len(part.text) < part.min:
			return tracardi.InvalidField(part.field, "is empty")
		case len(part.text) > part.max:
			return &tracardi.Error{
				Kind: tracardi.TooLarge, Field: part.field,
				Message: "has " + strconv.Itoa(len(part.text)) + " bytes, more than the " + strconv.Itoa(part.max) + " allowed",
			}
		case !utf8.ValidString(part.text):
			return tracardi.InvalidField(part.field, "is not UTF-8 text")
		}
	}
	if !json.Valid(item.Data) {
		return tracardi.InvalidField("data", "is not JSON")
	}
	return nil
}
