//go:build !linux

package inpage

import "syscall"

func servant(string) (*syscall.SysProcAttr, error) { return new(syscall.SysProcAttr), nil }
