package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// act is one event of a visit.
type act struct {
	kind       string
	properties map[string]any
	page       string // path
	title      string
	server     bool // told by the shop's server, not by the page
}

// Types are the types of the visitors' events.
var Types = []string{
	"page-view", "search", "product-details-page-view", "product-added-to-basket", "checkout-started", "checkout-completed",
	"order-completed", "sign-up", "sign-in", "identification", "newsletter", "error",
}

// journey is a visit while it is made up: what the person does next depends on what has happened so far.
type journey struct {
	random *rand.Rand
	person *person
	visit  visit
	acts   []act

	viewed   *product
	basket   []product
	checkout map[string]any // of the checkout that was begun
	signed   bool           // signed up or in
	offered  bool           // the newsletter
}

// product is something that the shop sells.
type product struct {
	id, name, category, color string
	cents                     int
}

// acts makes up what happens in a visit.
func (p Plan) acts(x *person, v visit) []act {
	j := &journey{random: p.random(streamJourney, v.person, v.number), person: x, visit: v}
	j.look()
	for len(j.acts) < v.events {
		j.next(v.events - len(j.acts))
	}
	return j.acts
}

// next does one thing. left is the number of things that may still happen.
func (j *journey) next(left int) {
	switch known := j.visit.number > j.person.account; {
	case j.checkout != nil:
		j.pay()
	case !j.signed && known && j.chance(0.6):
		j.signed = true
		j.add("sign-in", "/account", "Sign in", map[string]any{"email": map[string]any{"main": j.person.email}})
	case !j.signed && j.visit.number == j.person.account && len(j.acts) > 2:
		j.signUp()
	case j.signed && !j.offered && j.chance(0.15):
		j.offered = true
		j.add("newsletter", "/newsletter", "Newsletter", map[string]any{"list": "weekly", "email": j.person.email, "subscribed": j.chance(0.9)})
	case known && j.chance(0.04):
		j.identify()
	case len(j.basket) > 0 && left >= 3 && j.chance(0.35):
		j.begin()
	case j.viewed != nil && j.chance(0.35):
		j.basket = append(j.basket, *j.viewed)
		j.add("product-added-to-basket", "/basket", "Basket", j.describe(1+j.random.IntN(2)))
		j.viewed = nil
	case j.chance(0.02):
		j.fail("page-not-found", "/old/"+j.shelf().name)
	case j.chance(0.2):
		j.search()
	case j.chance(0.5):
		j.details()
	default:
		j.look()
	}
}

func (j *journey) chance(p float64) bool { return j.random.Float64() < p }

func (j *journey) add(kind, page, title string, properties map[string]any) {
	j.acts = append(j.acts, act{kind: kind, properties: properties, page: page, title: title})
}

// shelf picks a category, mostly the one that the person likes best.
func (j *journey) shelf() *category {
	if j.chance(0.6) {
		return &categories[j.person.favourite]
	}
	return &categories[j.random.IntN(len(categories))]
}

func (j *journey) look() {
	if j.chance(0.3) {
		j.add("page-view", "/", "Home", map[string]any{"category": "home"})
		return
	}
	name := j.shelf().name
	j.add("page-view", "/"+name, title(name), map[string]any{"category": name})
}

func (j *journey) search() {
	shelf := j.shelf()
	query := strings.ToLower(shelf.nouns[j.random.IntN(len(shelf.nouns))])
	if j.chance(0.4) {
		query = colors[j.random.IntN(len(colors))] + " " + query
	}
	j.add("search", "/search", "Search", map[string]any{"query": query, "category": shelf.name, "results": j.random.IntN(40)})
}

func (j *journey) details() {
	shelf := j.shelf()
	noun, quality := j.random.IntN(len(shelf.nouns)), j.random.IntN(len(qualities))
	j.viewed = &product{
		id: fmt.Sprintf("%s-%d%02d", shelf.name[:3], noun+1, quality), name: qualities[quality] + " " + shelf.nouns[noun],
		category: shelf.name, color: colors[j.random.IntN(len(colors))], cents: shelf.cents * (4 + noun*3 + quality) / 4,
	}
	properties := j.describe(0)
	j.add("product-details-page-view", "/"+shelf.name+"/"+j.viewed.id, j.viewed.name, properties)
}

// describe tells of the product that is looked at, and how many of it are taken.
func (j *journey) describe(quantity int) map[string]any {
	p := j.viewed
	properties := map[string]any{
		"id": p.id, "name": p.name, "sku": strings.ToUpper(p.id), "category": p.category, "price": money(p.cents), "variant": map[string]any{"color": p.color},
	}
	if quantity > 0 {
		properties["quantity"] = quantity
	}
	return properties
}

func money(cents int) float64 { return float64(cents) / 100 }

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func (j *journey) signUp() {
	j.signed = true
	j.add("sign-up", "/account/new", "New account", map[string]any{
		"firstname": j.person.firstName, "lastname": j.person.lastName, "email": map[string]any{"main": j.person.email},
	})
}

func (j *journey) identify() {
	j.add("identification", "/help", "Help", map[string]any{
		"firstname": j.person.firstName, "lastname": j.person.lastName, "phone": map[string]any{"main": j.person.phone},
		"email": map[string]any{"main": j.person.email},
	})
}

func (j *journey) begin() {
	value := 0
	for _, p := range j.basket {
		value += p.cents
	}
	order := fmt.Sprintf("D%d-%d-%d", j.person.number, j.visit.number, len(j.acts))
	j.checkout = map[string]any{"id": "C" + order, "order_id": order, "currency": "EUR", "value": money(value)}
	j.add("checkout-started", "/checkout", "Checkout", j.checkout)
}

// pay ends the checkout that was begun: with an order, or with a refused card.
func (j *journey) pay() {
	checkout := j.checkout
	last := j.acts[len(j.acts)-1].kind
	switch {
	case last == "checkout-completed":
		j.checkout, j.basket = nil, nil
		j.add("order-completed", "", "", map[string]any{"id": checkout["order_id"], "value": checkout["value"], "currency": checkout["currency"]})
		j.acts[len(j.acts)-1].server = true
	case j.chance(0.12):
		j.checkout = nil
		j.fail("payment-declined", "/checkout")
	default:
		j.add("checkout-completed", "/checkout/done", "Thank you", map[string]any{"id": checkout["id"], "value": checkout["value"], "currency": checkout["currency"]})
	}
}

func (j *journey) fail(code, page string) {
	j.add("error", page, "Something went wrong", map[string]any{"code": code, "fatal": false})
}

// times spreads the events over the visit: the first one begins it, the last one ends it.
func (v visit) times(random *rand.Rand) []time.Time {
	sums := make([]float64, v.events)
	for i := 1; i < len(sums); i++ {
		sums[i] = sums[i-1] + 0.2 + random.ExpFloat64()
	}
	list := make([]time.Time, v.events)
	for i := range list {
		list[i] = v.at
		if i > 0 {
			list[i] = v.at.Add(time.Duration(float64(v.length) * sums[i] / sums[len(sums)-1]))
		}
	}
	return list
}
