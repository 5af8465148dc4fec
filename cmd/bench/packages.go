package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// ordinaryPackages hold no wallets: what is found in their files is false.
var ordinaryPackages = []string{"lodash@4.18.1", "moment@2.31.0", "three@0.187.0", "chart.js@4.6.1", "echarts@6.1.0", "antd@6.6.8", "@mui/material@9.5.0",
	"vue@3.5.45", "react-dom@19.3.1", "monaco-editor@0.57.0", "plotly.js-dist@4.1.1", "mathjax@4.1.3", "@tensorflow/tfjs@4.22.0", "highlight.js@11.12.0",
	"ace-builds@1.45.2", "pdfjs-dist@5.6.205", "bootstrap@5.3.9", "@fortawesome/fontawesome-free@7.3.1", "jquery@4.0.0", "d3@7.9.2"}

// walletPackages hold addresses of their own: samples and contracts, no payees.
var walletPackages = []string{"ethers@6.17.0", "tronweb@6.5.1", "@solana/web3.js@2.0.0", "@stellar/stellar-sdk@15.1.0", "algosdk@3.8.0", "web3@4.16.0", "viem@2.57.20", "xrpl@5.3.0"}

const peerPackage = "iocsearcher==3.1.0"

// installed is written last, so that a folder that has it is whole. It holds what was asked for.
const installed = "installed"

func ready(folder, want string) bool {
	have, err := os.ReadFile(filepath.Join(folder, installed))
	return err == nil && string(have) == want
}

// installNPM puts packages into folder, unless they are there, and returns the folder with one folder for each.
func installNPM(ctx context.Context, folder string, packages []string, talk io.Writer) (string, error) {
	modules, want := filepath.Join(folder, "node_modules"), strings.Join(packages, "\n")
	if ready(folder, want) {
		return modules, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("npm is missing, and the files to read come with it (apt-get install nodejs npm): %w", err)
	}
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(`{"private":true}`), 0o644); err != nil {
		return "", err
	}
	fmt.Fprintf(talk, "installing %d packages of npm into %s, once\n", len(packages), folder)
	args := append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"}, packages...)
	if err := command(ctx, folder, talk, npm, args...); err != nil {
		return "", fmt.Errorf("npm install: %w", err)
	}
	return modules, os.WriteFile(filepath.Join(folder, installed), []byte(want), 0o644)
}

// installPeer makes a virtual environment with the peer, unless there is one, and returns its Python.
func installPeer(ctx context.Context, folder string, talk io.Writer) (string, error) {
	return installPython(ctx, folder, []string{peerPackage}, talk)
}

// installPython makes a virtual environment with packages of PyPI, unless there is one, and returns its Python.
func installPython(ctx context.Context, folder string, packages []string, talk io.Writer) (string, error) {
	python, want := filepath.Join(folder, "bin", "python"), strings.Join(packages, " ")
	if ready(folder, want) {
		return python, nil
	}
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("python3 is missing, and the peer runs on it (apt-get install python3 python3-venv, or leave the peer out by -no-peer): %w", err)
	}
	fmt.Fprintf(talk, "installing %s into %s, once\n", want, folder)
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := command(ctx, "", talk, system, "-m", "venv", folder); err != nil {
		return "", fmt.Errorf("making a virtual environment (apt-get install python3-venv, or leave the peer out by -no-peer): %w", err)
	}
	if err := command(ctx, "", talk, python, append([]string{"-m", "pip", "install", "-q", "--disable-pip-version-check"}, packages...)...); err != nil {
		return "", fmt.Errorf("pip install %s (or leave the peer out by -no-peer): %w", want, err)
	}
	return python, os.WriteFile(filepath.Join(folder, installed), []byte(want), 0o644)
}

// cacheFolder is where packages are kept: the one that was asked for, or one below the user's cache.
func cacheFolder(asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the packages (give one by -cache): %w", err)
	}
	return filepath.Join(base, "scamatlas", "bench"), nil
}

func command(ctx context.Context, dir string, talk io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, talk, talk
	return cmd.Run()
}

// A file is one that a site could serve.
type file struct {
	Name string // below node_modules
	Body []byte
}

// readPackages reads the scripts, styles and pages of each package, at most limit bytes of each.
func readPackages(modules string, packages []string, limit int) (files []file, err error) {
	for _, p := range packages {
		name := p[:strings.LastIndexByte(p, '@')]
		left := limit
		err := filepath.WalkDir(filepath.Join(modules, filepath.FromSlash(name)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || left <= 0 || !slices.Contains([]string{".js", ".mjs", ".cjs", ".css", ".html"}, filepath.Ext(path)) {
				return err
			}
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			below, err := filepath.Rel(modules, path)
			left -= len(body)
			files = append(files, file{filepath.ToSlash(below), body})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reading the files of %s: %w", name, err)
		}
	}
	return files, nil
}

// sampleOf takes files in an order that has nothing to do with their packages until they have limit bytes; very large ones would be all
// of a small sample.
func sampleOf(files []file, limit int) (sample []file) {
	const largest = 1 << 19
	shuffled := slices.Clone(files)
	slices.SortFunc(shuffled, func(a, b file) int { return cmp.Compare(xxh3.HashString(a.Name), xxh3.HashString(b.Name)) })
	left := limit
	for _, f := range shuffled {
		if left > 0 && len(f.Body) <= largest {
			sample = append(sample, f)
			left -= len(f.Body)
		}
	}
	return sample
}

func bytesOf(files []file) (n int) {
	for _, f := range files {
		n += len(f.Body)
	}
	return n
}
