package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"scamatlas/configs"
)

func (a *app) configCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check a settings file, or print the defaults",
		Example: `  scamatlas config show > scamatlas.yaml
  scamatlas config check --config scamatlas.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check [FILE]",
		Short:   "Report every fault of a settings file with its line",
		Example: "  scamatlas config check scamatlas.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("config check takes one file")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.configFile = args[0]
			}
			s, err := a.settings()
			if err != nil {
				return err
			}
			g, err := newGuard(s)
			if err != nil {
				return err
			}
			with := newSession(s, g, &openedStore{}, a.logger(false))
			if _, err := newSources(with, a.configFile, nil, 0); err != nil {
				return err
			}
			if _, err := newJudge(with); err != nil {
				return err
			}
			name := a.configFile
			if name == "" {
				name = "built-in settings"
			}
			fmt.Fprintf(a.stdout, "%s: fine\n", name)
			return nil
		},
	}, &cobra.Command{
		Use:     "show",
		Short:   "Print every setting with its default and meaning",
		Example: "  scamatlas config show > scamatlas.yaml",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(configs.Defaults())
			return err
		},
	})
	return cmd
}

// version is set by the linker: -ldflags "-X main.version=…".
var version = ""

func buildVersion() string {
	if version != "" {
		return version
	}
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, s := range b.Settings {
			if s.Key == "vcs.revision" {
				return "devel-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "devel"
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  scamatlas version --json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return jsonLine(a.stdout, map[string]string{"version": buildVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
			}
			fmt.Fprintf(a.stdout, "scamatlas %s (%s %s/%s)\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
