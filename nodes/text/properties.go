package text

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "properties", Name: "Text properties", Icon: "typography",
		New:     func() node.Node { return &Properties{} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_operations.plugin.StringPropertiesActions"},
		Examples: []node.Example{
			{
				Name: "a name", Config: `{"string": "event@properties.name"}`, Event: `{"properties": {"name": " ann Lee"}}`, Port: "payload",
				Result: `{"capitalize": " ann lee", "casefold": " ann lee", "encode": " ann Lee", "isalnum": false, "isalpha": false, "isascii": true,
					"isdecimal": false, "isdigit": false, "isidentifier": false, "islower": false, "isnumeric": false, "isprintable": true,
					"isspace": false, "istitle": false, "isupper": false, "lower": " ann lee", "lstrip": "ann Lee", "swapcase": " ANN lEE",
					"title": " Ann Lee", "upper": " ANN LEE", "strip": "ann Lee", "rstrip": " ann Lee", "length": 8, "words": 2}`,
			},
			{Name: "no such field", Config: `{"string": "event@properties.name"}`, Error: "event@properties.name is missing"},
		},
	})
}

// Properties tells what a text is made of, and writes it in other ways. The payload is then:
//
//   - capitalize, casefold, lower, upper, swapcase, title: in other letters; lstrip, rstrip, strip: without the spaces at an end or both;
//     encode: the text as it is
//   - isalnum, isalpha, isdecimal, isdigit, isnumeric, isspace: whether all its characters are letters or digits, letters, digits,
//     numbers, spaces; an empty text is none of them
//   - isascii, isprintable, isidentifier: whether it is plain English text, has no control characters, could name a variable
//   - islower, isupper, istitle: whether its letters are small, large, large at the beginning of each word alone
//   - length and words: how many characters and words it has
type Properties struct {
	Text node.Value `json:"string" title:"Text" help:"A place such as event@properties.name, or the text itself." required:"true"`
}

// Run implements node.Node.
func (n *Properties) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	lower, upper, title := strings.ToLower(text), strings.ToUpper(text), cases.Title(language.Und).String(text)
	cased := lower != upper
	return node.To("payload", map[string]any{
		"capitalize": capitalized(text), "casefold": cases.Fold().String(text), "lower": lower, "upper": upper,
		"swapcase": strings.Map(swapped, text), "title": title, "encode": text,
		"strip": strings.TrimSpace(text), "lstrip": strings.TrimLeftFunc(text, unicode.IsSpace), "rstrip": strings.TrimRightFunc(text, unicode.IsSpace),
		"isalnum": all(text, isAlphanumeric), "isalpha": all(text, unicode.IsLetter), "isspace": all(text, unicode.IsSpace),
		"isdecimal": all(text, unicode.IsDigit), "isdigit": all(text, unicode.IsDigit), "isnumeric": all(text, unicode.IsNumber),
		"isascii": text == "" || all(text, isASCII), "isprintable": text == "" || all(text, unicode.IsPrint), "isidentifier": isIdentifier(text),
		"islower": cased && text == lower, "isupper": cased && text == upper, "istitle": cased && text == title,
		"length": utf8.RuneCountInString(text), "words": len(strings.Fields(text)),
	}), nil
}

func all(text string, is func(rune) bool) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !is(r) }) < 0
}

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func isASCII(r rune) bool { return r <= unicode.MaxASCII }

func isIdentifier(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return (first == '_' || unicode.IsLetter(first)) && all(text, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
}

func capitalized(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + strings.ToLower(text[size:])
}

func swapped(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
