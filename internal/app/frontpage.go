package app

import "net/http"

// frontPage is what browsers see at / and at the setup link of a program without the web application.
const frontPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tracardi</title>
<h1>Tracardi is running</h1>
<p>Its API is described at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>, and
<a href="/tracker/">/tracker/</a> sends events from this browser.</p>
<p>The first administrator is made with the token of the setup link:</p>
<pre>curl -H 'Content-Type: application/json' ADDRESS/api/v1/setup \
  -d '{"token": "TOKEN", "email": "YOU@EXAMPLE.COM", "password": "A LONG ONE"}'</pre>
</html>
`

func serveFrontPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address may hold the setup token
	_, _ = w.Write([]byte(frontPage))                // the asker is gone if this fails
}
