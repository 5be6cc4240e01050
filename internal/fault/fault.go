// Package fault names the moments between two steps of the work at which the tests of crashes have a process die. In the program
// nothing happens at them: only e2e/crash/mortal, which is no part of it, sets Die.
package fault

// Point is a moment between two steps.
type Point string

// Points on the way of a payload, in their order.
const (
	Accepted Point = "accepted" // a payload is in the queue, its sender does not know it
	Received Point = "received" // a worker has it
	Loaded   Point = "loaded"   // its session and its profile were read
	Ran      Point = "ran"      // it went through all stages
	Taken    Point = "taken"    // the store has the change set, and it need not be stored
	Stored   Point = "stored"   // the change set is stored, and what follows is not done
)

// Points in a store without transactions.
const (
	Checked   Point = "checked"   // what is stored was looked at
	Noted     Point = "noted"     // the journal has the change set
	Decided   Point = "decided"   // the document that decides is stored, the others need not be
	Completed Point = "completed" // all documents are stored, messages are not sent
	Published Point = "published" // messages are sent, nobody was told
)

// Points in the embedded store.
const (
	Written Point = "written" // a batch was handed to the disk
	Synced  Point = "synced"  // it is there, nobody was told
)

// Points on the way of a message.
const (
	HandingOver   Point = "handing-over"  // from the embedded store to the server of the queue
	HandedOver    Point = "handed-over"   // the server has it too
	Acknowledging Point = "acknowledging" // its work is done, the server does not know it
	Acknowledged  Point = "acknowledged"  // the server knows it, what was noted of it is still there
	Woken         Point = "woken"         // a worker is about to go on with a run of a flow
	WentOn        Point = "went-on"       // what the run changed is stored
)

// Die is called at each point. It is set before anything else runs, or never.
var Die func(Point)

// At is a point.
func At(p Point) {
	if Die != nil {
		Die(p)
	}
}
