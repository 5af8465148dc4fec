package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors/verdict/corpus"
)

const (
	maxPackage  = 256 << 20 // bytes unpacked of one package
	maxDocument = 1 << 20
	maxPages    = 20
	maxAssets   = 40
)

// fetchPackage gets a package with the npm client and reads its pages as a site: each HTML file a page; of a package without any, each
// Markdown file, the readme first.
func fetchPackage(ctx context.Context, dir, spec string) (*crawler.Capture, error) {
	archive := filepath.Join(dir, archiveName(spec))
	if _, err := os.Stat(archive); err == nil {
		return readPackage(spec, archive)
	}
	cmd := exec.CommandContext(ctx, "npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", dir, spec)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", spec, err)
	}
	return readPackage(spec, archive)
}

// archiveName is what npm calls the file: "@a/b@1.0" is a-b-1.0.tgz.
func archiveName(spec string) string {
	return strings.NewReplacer("/", "-", "@", "-").Replace(strings.TrimPrefix(spec, "@")) + ".tgz"
}

func readPackage(spec, archive string) (*crawler.Capture, error) {
	files, err := unpack(archive)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", spec, err)
	}
	return siteOf(spec, files), nil
}

func unpack(archive string) (map[string][]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	t := tar.NewReader(io.LimitReader(z, maxPackage))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		name := path.Clean(strings.TrimPrefix(h.Name, "package/"))
		if h.Typeflag != tar.TypeReg || h.Size > maxDocument || !wanted(name) {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(t, maxDocument))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		files[name] = b
	}
}

func wanted(name string) bool {
	if strings.Contains(name, "node_modules/") || strings.Contains(name, "/test/") {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".md", ".css", ".js":
		return true
	}
	return false
}

func siteOf(spec string, files map[string][]byte) *crawler.Capture {
	name, _, _ := strings.Cut(strings.TrimPrefix(spec, "@"), "@")
	host := strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(name) + ".docs.example"
	c := &crawler.Capture{Target: crawler.Target{Host: host, Source: "npm", Reference: spec}, Host: host, Profile: "desktop", Outcome: crawler.OK,
		Started: corpus.Now(), Ended: corpus.Now(), EntryURL: "https://" + host + "/", FinalURL: "https://" + host + "/"}
	pages, assets := choose(files)
	for _, p := range pages {
		body := files[p]
		if strings.HasSuffix(strings.ToLower(p), ".md") {
			body = markdown(name, body)
		}
		at := "https://" + host + "/" + p
		c.Pages = append(c.Pages, crawler.Page{Depth: min(len(c.Pages), 1), Response: crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: "text/html; charset=utf-8", Body: body}})
	}
	for _, a := range assets {
		kind, typ := crawler.Script, "text/javascript"
		if strings.HasSuffix(a, ".css") {
			kind, typ = crawler.Style, "text/css"
		}
		at := "https://" + host + "/" + a
		c.Assets = append(c.Assets, crawler.Asset{Kind: kind, Response: crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: typ, Body: files[a]}})
	}
	return c
}

// choose orders pages as a visitor would meet them, by depth and name, and takes scripts and styles only where there are pages for them.
func choose(files map[string][]byte) (pages, assets []string) {
	var html, md, code []string
	for name := range files {
		switch strings.ToLower(path.Ext(name)) {
		case ".html", ".htm":
			html = append(html, name)
		case ".md":
			md = append(md, name)
		default:
			code = append(code, name)
		}
	}
	pages = html
	if len(html) > 0 {
		assets = code
	} else {
		pages = md
	}
	order := func(a []string) {
		sort.Slice(a, func(i, j int) bool {
			if x, y := rank(a[i]), rank(a[j]); x != y {
				return x < y
			}
			return a[i] < a[j]
		})
	}
	order(pages)
	order(assets)
	return pages[:min(len(pages), maxPages)], assets[:min(len(assets), maxAssets)]
}

func rank(name string) int {
	base := strings.ToLower(path.Base(name))
	if base == "index.html" || base == "readme.md" {
		return strings.Count(name, "/") * 2
	}
	return strings.Count(name, "/")*2 + 1
}
