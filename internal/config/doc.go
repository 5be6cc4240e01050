// Package config holds every setting of the program: name, default, help text and checks, in one struct. It reads flags,
// environment variables and a YAML file, tells where each value came from, and explains combinations that cannot work.
// Settings reach the other packages as arguments; nothing else reads the environment.
package config
