// Package demo invents the visitors of a shop and sends what they do through the real pipeline: into the stores of this process,
// or to a running server as a source of load. The same seed always makes the same visitors, visits and event ids, so that
// sending it all again stores nothing twice.
package demo
