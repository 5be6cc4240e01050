// Package workspace keeps what a tenant has configured ready for use: a read-only snapshot in memory that is replaced when the
// configuration changes, here or in another process. It also gives typed access to the stored configuration. It decides nothing
// and knows no users; the collector, the pipeline and the admin API read from it.
package workspace
