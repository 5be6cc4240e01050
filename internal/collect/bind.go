package collect

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
)

// bindProfile takes the profile's id from a property of the first event, as the source asks for. The session's id follows from
// it when the source wants one session for each profile.
func bindProfile(payload *tracardi.Payload, source *tracardi.Source) {
	path := strings.Split(strings.TrimPrefix(source.ProfileFrom, "properties."), ".")
	value, ok := payload.Events[0].Properties.Get(path...)
	if !ok {
		return
	}
	id := idText(value)
	if id == "" || len(id) > maxID {
		return
	}
	payload.Profile, payload.ProfileLess, payload.Options.SkipSession = id, false, false
	switch {
	case payload.Session != "":
	case source.StickySession:
		sum := sha256.Sum256([]byte("session/" + source.ID + "/" + id))
		payload.Session = uuid.Must(uuid.FromBytes(sum[:16])).String()
	default:
		payload.Session = uuid.NewString()
	}
}

// idText is a value as an id; empty for what is neither text nor number.
func idText(value any) string {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case fmt.Stringer: // a number that is too large for a float64
		return v.String()
	}
	return ""
}

// decodeObject reads a JSON object within the limits.
func decodeObject(field string, text []byte, limits Limits) (o tracardi.Object, err error) {
	if err := limits.Check(text); err != nil {
		return o, inside(field, err)
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, inside(field, SyntaxError(err))
	}
	return o, nil
}
