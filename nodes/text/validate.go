package text

import (
	"context"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "validate", Name: "Check data", Icon: "checkbox",
		New: func() node.Node { return &Validate{} },
		Out: []node.Port{
			{Name: "valid", Doc: "The text is what it should be."},
			{Name: "invalid", Doc: "It is not, or the field is not there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_validator.plugin.StringValidatorAction"},
		Examples: []node.Example{
			{
				Name: "an address", Config: `{"validator": "email", "data": "event@properties.email"}`,
				Event: `{"properties": {"email": "ann@example.com"}}`, Port: "valid",
			},
			{
				Name: "no address", Config: `{"validator": "email", "data": "event@properties.email"}`,
				Event: `{"properties": {"email": "ann at example"}}`, Port: "invalid",
			},
			{Name: "no such field", Config: `{"validator": "email", "data": "event@properties.email"}`, Port: "invalid"},
		},
	})
}

// Validate goes on at the port valid when a text is what it should be, else at the port invalid. A field that is not in the data is
// invalid, with a warning. The checks are:
//
//   - email: an address such as ann@example.com
//   - url: an address that begins with http:// or https://
//   - ipv4 and ipv6: an internet address
//   - date: an existing day such as 2026-02-28, or day, month and year with dots, dashes or strokes between them
//   - time: such as 9:30, 09:30 or 23:59:59
//   - int and float: a whole number, or one that may have decimals behind a dot or a comma
//   - number_phone: a phone number with its country code such as +49 30 123456
//   - ean: an article number of 8 or 13 digits with the right last one
type Validate struct {
	Validator string     `json:"validator" title:"Check" help:"What the text should be." required:"true" enum:"email,url,ipv4,ipv6,date,time,int,float,number_phone,ean"`
	Data      node.Value `json:"data" title:"Text" help:"A place such as event@properties.email, or the text itself." required:"true"`
}

// Run implements node.Node.
func (n *Validate) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, ok := sought(in, n.Data)
	if ok && checks[n.Validator](text) {
		return node.To("valid", in.Payload), nil
	}
	return node.To("invalid", in.Payload), nil
}

var checks = map[string]func(string) bool{
	"email": isEmail,
	"url":   isURL,
	"ipv4":  func(text string) bool { a, err := netip.ParseAddr(text); return err == nil && a.Is4() },
	"ipv6": func(text string) bool {
		a, err := netip.ParseAddr(text)
		return err == nil && a.Is6() && a.Zone() == ""
	},
	"date": func(text string) bool {
		return inLayout(text, time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006", "2/1/06", "2-1-06", "2.1.06")
	},
	"time":         func(text string) bool { return inLayout(text, "15:04", "15:04:05") },
	"int":          regexp.MustCompile(`^[+-]?[0-9]+$`).MatchString,
	"float":        regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`).MatchString,
	"number_phone": isPhone,
	"ean":          isArticleNumber,
}

func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(strings.Trim(domain, "."), ".")
}

func isURL(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Hostname() != "" && !strings.ContainsAny(text, " \t\r\n")
}

func inLayout(text string, layouts ...string) bool {
	for _, layout := range layouts {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

var (
	phoneMarks = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "")
	phone      = regexp.MustCompile(`^(\+|00)[1-9][0-9]{6,14}$`)
)

func isPhone(text string) bool { return phone.MatchString(phoneMarks.Replace(text)) }

// isArticleNumber checks the last digit, which makes the sum of all, each second one three times, a multiple of ten.
func isArticleNumber(text string) bool {
	if _, err := strconv.ParseUint(text, 10, 64); err != nil || len(text) != 8 && len(text) != 13 {
		return false
	}
	sum := 0
	for i := range len(text) {
		weight := 1
		if (len(text)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(text[i]-'0')
	}
	return sum%10 == 0
}
