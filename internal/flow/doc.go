// Package flow knows what flows are: how they are drawn, what is wrong with a drawing, and how one runs. A run goes through the
// nodes in the order that the edges give, can stop at a node for days and go on from its stored state, and leaves a trace. The
// package stores nothing: who runs a flow gives it the documents and the outside world (node.Run), and keeps what comes of it.
package flow
