// Package auth knows who asks and what they may do: users with passwords, sessions of the web application, bearer tokens for
// programs, and the one-time setup of the first administrator. It speaks no HTTP beyond the credentials of a request; the admin
// API asks it who the caller is, compares the role with that of the route, and calls it to manage accounts.
//
// Secrets are random, 256 bits long and stored only as hashes. Passwords are hashed with Argon2id.
package auth
