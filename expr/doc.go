// Package expr is the language in which people ask for data. Its heart are conditions: one parser and one tree for flows,
// segments, validators, destinations, the search bar and the live filter. Around them stand what forms of nodes hold:
// references (source@path), text templates, reshape templates and calculations.
//
//	profile@stat.visits > 3 AND (event@type = "purchase" OR event@type = "order-*")
//	profile@traits.email ~ "@example.com" AND NOT profile@consents.marketing EXISTS
//	event@metadata.time.insert > now.offset("-15m")
//
// # Fields
//
// A field is source@path, for example profile@traits.name. The source is one of payload, session, event, profile, flow
// and memory, in any case. A path is a chain of names joined by dots; a number picks an element of a list; a name with
// other characters than letters, digits, "_", "-" and "$" is written ["any text"]. In a search ([ParseSearch]) a field
// may stand without its source: it then belongs to the record that is searched.
//
// # Operators
//
//	=  ==  :        equal; * in a text on the right stands for any characters, \* for a star
//	!=              not equal
//	>  >=  <  <=    order of numbers, of texts (byte by byte) and of dates (also => and =<)
//	~               matches without regard to case: a text with * or ? must match as a whole, any other must occur
//	BETWEEN a AND b both ends belong to the range
//	IN [a, b]       equal to one of them; NOT IN
//	IS NULL         the value is null; IS NOT NULL
//	EXISTS          the path is present, be it null; NOT EXISTS
//	EMPTY           missing, null, "", [] or {}; NOT EMPTY
//	CONTAINS        a text contains a text, a list an element
//	STARTS WITH     a text begins with a text, a list with an element; ENDS WITH
//
// NOT binds tighter than AND, AND tighter than OR; parentheses group. "field = (a OR b)" is short for
// "field = a OR field = b". Keywords may be written in any case.
//
// # Values
//
// NULL, TRUE, FALSE, numbers, "texts" with the escapes of JSON, single words without quotes, lists [a, b], fields and
// calls: now(), now(zone), utcnow(), now.offset(offset), now.timezone(zone), now.timezone.offset(zone, offset),
// datetime(x), datetime.offset(x, offset), datetime.timezone(x, zone), datetime.from_timestamp(seconds), lowercase(x)
// and uppercase(x).
//
// # Meaning
//
// Every condition is true or false for every document. Texts without quotes hold no blanks, and in [Parse] no "@", so that
// a misspelt source is an error. A missing field makes =, <, >, BETWEEN and ~ false and != true.
// "= NULL" is true when the field is missing or null, "!= NULL" when it has a value. A comparison that makes no sense
// (a text ordered against a number, CONTAINS on a number or on a missing field, a function that fails) is false;
// evaluation goes on and reports the first of them beside the result. Values of different kinds are never equal. A date
// compared with a text that holds an ISO date compares the two instants; a date without zone is read as UTC.
//
// A condition can run nothing: there are no scripts, no method calls and no regular expressions, and the work is
// bounded by the length of the condition and of the document.
package expr
