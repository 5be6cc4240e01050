package elastic

import "testing"

// FuzzCursor proves that a cursor is one of ours, which reads as it was written, or an error.
func FuzzCursor(f *testing.F) {
	id := "e1"
	f.Add((&cursor{At: 7, ID: &id}).String())
	f.Add("eyJ0IjoxfQ")
	f.Add("%")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil || c == nil {
			return
		}
		again, err := parseCursor(c.String())
		if err != nil || again.At != c.At || *again.ID != *c.ID {
			t.Errorf("%q: %+v became %+v (%v)", text, c, again, err)
		}
	})
}
