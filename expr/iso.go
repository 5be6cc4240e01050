package expr

import "time"

// ISODate is the instant of a text that conditions compare as a date: an ISO date; one without zone is in UTC.
func ISODate(text string) (t time.Time, ok bool) { return parseISO(text, time.UTC) }
