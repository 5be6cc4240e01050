package demo

import (
	"fmt"
	"strings"
)

// person is a visitor of the shop.
type person struct {
	number    int
	firstName string
	lastName  string
	email     string
	phone     string
	address   string // of the network, from a range for documentation
	place     place
	device    device
	account   int // number of the visit in which the person signs up; most never come so far
	favourite int // index into categories
}

func (p Plan) person(number int) person {
	random := p.random(streamPerson, number, 0)
	x := person{
		number:    number,
		firstName: firstNames[random.IntN(len(firstNames))],
		lastName:  lastNames[random.IntN(len(lastNames))],
		phone:     fmt.Sprintf("+999 555 %07d", number), // a country code that nobody has
		address:   fmt.Sprintf("203.0.113.%d", 1+random.IntN(254)),
		place:     places[random.IntN(len(places))],
		device:    devices[random.IntN(len(devices))],
		account:   random.IntN(5),
		favourite: random.IntN(len(categories)),
	}
	x.email = fmt.Sprintf("%s.%s.%d@%s", strings.ToLower(x.firstName), strings.ToLower(x.lastName), number, mailDomains[random.IntN(len(mailDomains))])
	return x
}
