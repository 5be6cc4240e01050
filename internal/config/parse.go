package config

import (
	"encoding"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// prefix begins the name of every environment variable of the program.
const prefix = "TRACARDI"

// otherPrefixes begin the names of variables that tests and their services use.
var otherPrefixes = []string{prefix + "_TEST_", prefix + "_SERVICES_"}

// mask is shown in place of a secret.
const mask = "********"

// Options makes a kong parser read settings from the environment and the file as well as from flags.
func Options() []kong.Option {
	return []kong.Option{kong.DefaultEnvars(prefix), kong.Resolvers(&file{})}
}

// Value is one setting as it is in force.
type Value struct {
	Name    string // of the flag and of the file's key
	Env     string // name of the environment variable
	Help    string
	Default string
	Text    string // the value; a mask for a secret that is set
	Origin  string // "flag", "environment", the file's name or "default"
}

// Values lists the settings of the chosen command in the order in which they are declared.
func Values(ctx *kong.Context) []Value {
	var values []Value
	for _, flag := range settings(ctx) {
		value := Value{
			Name: flag.Name, Env: env(flag), Help: flag.Help, Default: flag.Default,
			Text: text(flag.Target.Interface()), Origin: origin(ctx, flag),
		}
		if flag.Tag.Has("secret") && value.Text != "" {
			value.Text = mask
		}
		values = append(values, value)
	}
	return values
}

// settings lists the flags of the chosen command that are settings.
func settings(ctx *kong.Context) []*kong.Flag {
	var flags []*kong.Flag
	for _, group := range ctx.Selected().AllFlags(false) {
		for _, flag := range group {
			if flag.Name != "help" {
				flags = append(flags, flag)
			}
		}
	}
	return flags
}

func origin(ctx *kong.Context, flag *kong.Flag) string {
	for _, path := range ctx.Path {
		if path.Flag != flag {
			continue
		}
		if path.Resolved {
			return fileName(ctx)
		}
		return "flag"
	}
	if _, set := os.LookupEnv(env(flag)); set {
		return "environment"
	}
	return "default"
}

func env(flag *kong.Flag) string {
	if len(flag.Envs) == 0 {
		return ""
	}
	return flag.Envs[0]
}

func text(value any) string {
	if value, ok := value.(encoding.TextMarshaler); ok {
		text, err := value.MarshalText()
		if err == nil {
			return strings.ToLower(string(text)) // only slog.Level, which writes itself in capitals
		}
	}
	return fmt.Sprint(value)
}

// Strays lists environment variables that look like settings of the chosen command but name none, each with the nearest name.
func Strays(ctx *kong.Context) []string {
	var known, strays []string
	for _, flag := range settings(ctx) {
		known = append(known, env(flag))
	}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		others := slices.ContainsFunc(otherPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
		if !strings.HasPrefix(name, prefix+"_") || others || slices.Contains(known, name) {
			continue
		}
		strays = append(strays, name+" (the nearest is "+nearest(name, known)+")")
	}
	slices.Sort(strays)
	return strays
}
