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

func ExampleReference_Resolve() {
	data := expr.Objects{"profile": map[string]any{"name": "Ada", "age": "36"}}
	for _, text := range []string{"profile@name", "`profile@age`", "just text", "profile@missing"} {
		r, err := expr.ParseReference(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		value, err := r.Resolve(data)
		fmt.Printf("%#v %v\n", value, err)
	}
	// Output:
	// "Ada" <nil>
	// 36 <nil>
	// "just text" <nil>
	// <nil> profile@missing is missing in the data
}

func ExampleParseTemplate() {
	t, err := expr.ParseTemplate("Dear {{ profile@name }}, you bought {{ event@items }}. {{ unknown }}")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Render(expr.Sources{"profile": []byte(`{"name": "Ada"}`), "event": []byte(`{"items": ["tea"]}`)}))
	// Output: Dear Ada, you bought ["tea"]. {{ unknown }} <nil>
}

func ExampleParseReshape() {
	r, err := expr.ParseReshape(map[string]any{
		"who":    map[string]any{"name": "profile@name", "phone?": "profile@phone"},
		"source": "shop",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Apply(expr.Sources{"profile": []byte(`{"name": "Ada"}`)}, expr.ReshapeOptions{}))
	// Output: map[source:shop who:map[name:Ada]] <nil>
}

func ExampleParseCalculation() {
	c, err := expr.ParseCalculation("net = event@price - 4\nprofile@total = profile@total + net")
	if err != nil {
		fmt.Println(err)
		return
	}
	data := expr.Objects{"event": map[string]any{"price": "10"}, "profile": map[string]any{"total": 1.0}}
	fmt.Println(c.Run(data))
	fmt.Println(data["profile"])
	// Output:
	// {7 map[net:6]} <nil>
	// map[total:7]
}
