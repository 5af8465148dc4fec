package configs

import (
	"embed"
	"io/fs"
)

//go:embed all:rules
var rules embed.FS

// Rules gives the built-in data files, rooted at configs/rules.
func Rules() fs.FS {
	sub, err := fs.Sub(rules, "rules")
	if err != nil { // the name is ours and right
		panic(err)
	}
	return sub
}
