// Package tracardi holds the words of the customer data platform: Payload, Event, Session, Profile, Source and Error.
// They are plain types that know how to read and write their JSON; nothing here does I/O.
// Every other package of the module may import this one, and this one imports none of them.
package tracardi
