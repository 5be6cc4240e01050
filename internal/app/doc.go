// Package app puts the parts together: it opens the stores that the settings name, starts the components of the roles in order,
// serves HTTP, and stops everything in reverse order without losing accepted work. It is the only package that knows all
// others; nothing but the command line calls it.
package app
