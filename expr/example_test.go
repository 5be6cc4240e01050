package expr_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

func ExampleParse() {
	c, err := expr.Parse(`profile@stat.visits > 3 AND (event@type = "purchase" OR event@type:order-*)`)
	if err != nil {
		fmt.Println(err)
		return
	}
	ok, err := c.Eval(expr.Sources{
		"profile": []byte(`{"stat": {"visits": 7}}`),
		"event":   []byte(`{"type": "order-paid"}`),
	})
	fmt.Println(ok, err)
	fmt.Println(c)
	// Output:
	// true <nil>
	// profile@stat.visits > 3 AND (event@type = "purchase" OR event@type = "order-*")
}

func ExampleParse_error() {
	_, err := expr.Parse(`profile@stat.visits > 3 ANDD event@type = "purchase"`)
	syntax, _ := errors.AsType[*expr.SyntaxError](err)
	fmt.Println(syntax)
	fmt.Println(syntax.Offset, syntax.Found, syntax.Expected)
	// Output:
	// line 1, column 25: found "ANDD", expected AND, OR or end of text
	// 24 "ANDD" [AND OR end of text]
}

func ExampleParseSearch() {
	c, err := expr.ParseSearch(`type:page-view and NOT metadata.channel ~ bot`, "event")
	if err != nil {
		fmt.Println(err)
		return
	}
	ok, _ := c.Eval(expr.Document(`{"type": "page-view", "metadata": {"channel": "Web"}}`))
	fmt.Println(ok, c)
	// Output: true type = "page-view" AND NOT metadata.channel ~ "bot"
}

func ExampleCondition_Root() {
	c, _ := expr.ParseSearch(`type IN [a, b] AND NOT n >= 5`, "event")
	var show func(n expr.Node)
	show = func(n expr.Node) {
		switch n := n.(type) {
		case expr.And:
			for _, n := range n.Nodes {
				show(n)
			}
		case expr.Or:
			for _, n := range n.Nodes {
				show(n)
			}
		case expr.Not:
			fmt.Print("not ")
			show(n.Node)
		case *expr.Leaf:
			fmt.Println(n.Op(), n.Left(), n.Right())
		}
	}
	show(c.Root())
	// Output:
	// IN type {[a b]}
	// not >= n {5}
}

func ExampleCondition_At() {
	c, _ := expr.ParseSearch(`metadata.time.insert > now.offset("-1h")`, "event")
	c = c.At(time.Date(2024, time.May, 17, 10, 30, 0, 0, time.UTC))
	r, ok := c.Root().(*expr.Leaf).Range()
	fmt.Println(c)
	fmt.Println(r.Field, r.Min, r.MinOpen, ok)
	// Output:
	// metadata.time.insert > datetime("2024-05-17T09:30:00Z")
	// metadata.time.insert 2024-05-17 09:30:00 +0000 UTC true true
}

func ExamplePath_Find() {
	p := expr.MustPath(`traits.cart[0]["unit price"]`)
	value, ok := p.Find([]byte(`{"traits": {"cart": [{"unit price": 9.5}]}}`))
	fmt.Println(value, ok, p)
	// Output: 9.5 true traits.cart.0["unit price"]
}

func ExampleComplete() {
	c := expr.Complete(`type = "purchase" AND metadata.time.insert > no`, 47)
	fmt.Println(c.Kind, c.Field, c.Prefix, c.Keywords)
	// Output: value metadata.time.insert no [now() now.offset()]
}
