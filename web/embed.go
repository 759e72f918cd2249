// Package web holds the pages that the gateway serves to browsers, as `make web` builds them from the npm project in
// this folder. It is files and nothing else: it must not know who serves them, nor how.
package web

import (
	"embed"
	"io/fs"
)

// dist is what was built; without a build it has a placeholder only, so that the gateway compiles without Node.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built pages: a file for each page, such as playground.html, and the folder assets with what they
// load, under names that have the hash of their content in them. There are no pages where nothing was built before the
// binary was.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only for a name that is no path
	}
	return files
}
