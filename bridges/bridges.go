// Package bridges registers every bridge that comes with the program.
package bridges

import (
	_ "github.com/tracardi/tracardi-go/bridges/amqp" // each registers itself
	_ "github.com/tracardi/tracardi-go/bridges/kafka"
)
