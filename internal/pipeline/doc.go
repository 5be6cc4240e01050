// Package pipeline turns a payload into events, a session and a profile. It loads what the payload touches, runs the stages
// one after another, and commits what they changed as one change set. The stages do no I/O, so the same list can run on a
// stored event without touching anything. The collector and the workers call it; it knows neither HTTP nor engines.
package pipeline
