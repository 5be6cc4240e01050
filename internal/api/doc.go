// Package api is the admin API under /api/v1: JSON over HTTP, described by an OpenAPI document that is made from the code. It
// checks who asks and what they may do, reads and writes the configuration, and searches the records. All routes stand in one
// table. It does not take events in: that is the collector's work.
package api
