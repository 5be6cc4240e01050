// Command mortal is the whole program, but for one thing: it kills itself at the moment that the environment names, such as
// MORTAL_AT=stored:3 for the third time that it has stored a change set. The tests of crashes build it; no release holds it.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/program"
)

func main() {
	point, number, _ := strings.Cut(os.Getenv("MORTAL_AT"), ":") //lint:allow environment no setting of the program
	last, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "MORTAL_AT must be POINT:NUMBER")
		os.Exit(1)
	}
	var times atomic.Int64
	fault.Die = func(p fault.Point) {
		if string(p) != point || times.Add(1) < last {
			return
		}
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill() // it works, or the test waits in vain
		}
		select {}
	}
	program.Main("mortal")
}
