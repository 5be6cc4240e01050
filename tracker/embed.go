// Package tracker holds the built browser tracker.
//
// The script, its source map and the test page are made from the TypeScript beside this file with
//
//	npm ci && npm run build
//
// They are not committed. A binary built without them works, and has no tracker to serve: Dist then holds nothing but a
// placeholder, so whoever serves it answers 404.
package tracker

import "embed"

// Dist is the folder dist as the build left it. What browsers ask for is dist/liliput.min.js with its map
// (liliput.min.js.map), and the test page dist/index.html with index.css and page.js. The rest is the npm package.
//
//go:embed all:dist
var Dist embed.FS
