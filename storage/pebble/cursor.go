package pebble

import (
	"encoding/base64"
	"encoding/json"

	"github.com/tracardi/tracardi-go"
)

// cursor is the last row of a page; the next page begins behind it.
type cursor struct {
	Time   int64   `json:"t"`
	Number uint64  `json:"n,omitempty"` // of an immutable document
	ID     string  `json:"i,omitempty"` // of a mutable one
	Rank   int     `json:"r,omitempty"`
	Value  float64 `json:"v,omitempty"`
	Text   string  `json:"x,omitempty"`
}

// String returns the text for Page.Next.
func (c *cursor) String() string {
	text, _ := json.Marshal(c) // numbers and texts only
	return base64.RawURLEncoding.EncodeToString(text)
}

func (c *cursor) key() sortKey {
	return sortKey{Rank: c.Rank, Time: c.Time, Number: c.Value, Text: c.Text, ID: c.ID}
}

// parseCursor reads a cursor; nil for the first page.
func parseCursor(text string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	c := &cursor{}
	if err != nil || json.Unmarshal(raw, c) != nil {
		return nil, tracardi.InvalidField("cursor", "is not one that this search gave: use the value of next, unchanged")
	}
	return c, nil
}
