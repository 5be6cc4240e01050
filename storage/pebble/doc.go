// Package pebble keeps records and the queue in one embedded log-structured store, so that a change set (documents, indexes,
// counters, messages) is one atomic batch and costs one sync that many requests share.
//
// Immutable documents (events, logs) are appended under growing numbers. When enough of them have gathered they are also laid
// out in columns (segments), from which searches, counts and histograms are answered without touching the documents.
// Mutable documents (profiles, sessions) are found by id, by key and in the order of their time.
package pebble
