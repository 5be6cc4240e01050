// Package segment is the dialect of Segment's tracking API and of RudderStack, which has the same shapes: it makes payloads of
// their messages and answers as their clients expect. docs/dialects.md says what becomes of what.
package segment
