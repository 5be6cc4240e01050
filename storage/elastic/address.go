package elastic

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/tracardi/tracardi-go/storage/trust"
)

// Address is where the records are.
type Address struct {
	hosts   []*url.URL
	user    string
	pass    string
	apiKey  string
	trusted *x509.CertPool // nil: those of the system
	Prefix  string         // begins the names of all indices
}

var (
	schemes = map[string]string{"elasticsearch": "http", "elasticsearchs": "https", "opensearch": "http", "opensearchs": "https"}
	prefix  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}$`)
)

// ParseAddress reads elasticsearch://user:password@host:port,host:port/?prefix=NAME&api-key=KEY&ca=FILE, with opensearch for
// that product and an s behind either for TLS. All but one host may be left out.
func ParseAddress(text string) (*Address, error) {
	scheme, rest, found := strings.Cut(text, "://")
	web, known := schemes[scheme]
	if !found || !known {
		return nil, fmt.Errorf("must begin with elasticsearch://, opensearch:// or, for TLS, elasticsearchs://, opensearchs://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	login, hosts := "", rest
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		login, hosts = rest[:at], rest[at+1:]
	}
	hosts, path, _ := strings.Cut(hosts, "/")
	if path != "" {
		return nil, fmt.Errorf("has a path %q behind the hosts; several installations on one server are told apart by ?prefix=NAME", "/"+path)
	}
	a := &Address{Prefix: "tracardi"}
	for _, host := range strings.Split(hosts, ",") {
		u, err := hostURL(web, host)
		if err != nil {
			return nil, err
		}
		a.hosts = append(a.hosts, u)
	}
	if err := a.login(login); err != nil {
		return nil, err
	}
	return a, a.options(query)
}

func hostURL(web, host string) (*url.URL, error) {
	u, err := url.Parse(web + "://" + host)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return nil, fmt.Errorf("%q is no host with a port, such as search.example.com:9200", host)
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "9200")
	}
	return u, nil
}

func (a *Address) login(text string) error {
	if text == "" {
		return nil
	}
	user, pass, found := strings.Cut(text, ":")
	var errUser, errPass error
	a.user, errUser = url.PathUnescape(user)
	a.pass, errPass = url.PathUnescape(pass)
	if !found || errUser != nil || errPass != nil || a.user == "" {
		return fmt.Errorf("has a login that is no USER:PASSWORD; write %%40 for @, %%3A for : and %%2F for / in it")
	}
	return nil
}

func (a *Address) options(text string) error {
	options, err := url.ParseQuery(text)
	if err != nil {
		return fmt.Errorf("has options that cannot be read: write ?prefix=NAME&ca=FILE")
	}
	for name, values := range options {
		value := values[len(values)-1]
		switch name {
		case "prefix":
			if !prefix.MatchString(value) {
				return fmt.Errorf("prefix %q is no name for indices: small letters, digits, - and _, beginning with a letter or digit", value)
			}
			a.Prefix = value
		case "api-key":
			a.apiKey = value
		case "ca":
			if a.trusted, err = trust.Authorities(value); err != nil {
				return err
			}
		default:
			return fmt.Errorf("there is no option %q; there are prefix, api-key and ca", name)
		}
	}
	if a.apiKey != "" && a.user != "" {
		return fmt.Errorf("has a login and an api-key: leave one of them out")
	}
	return nil
}

// String names the servers without secrets.
func (a *Address) String() string {
	hosts := make([]string, len(a.hosts))
	for i, u := range a.hosts {
		hosts[i] = u.String()
	}
	return strings.Join(hosts, ", ")
}
