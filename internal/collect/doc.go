// Package collect is the edge: it turns HTTP requests of every dialect into payloads, checks their source and the limits, and
// hands them to the pipeline or, when the sender does not wait for the result, to the queue. What lies behind it knows no HTTP.
package collect
