// Command tracardi is the customer data platform: one program for the collector, the admin API and the work behind them.
package main

import "github.com/tracardi/tracardi-go/program"

// version is set by the build.
var version = ""

func main() { program.Main(version) }
