package render

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of browser processes whose own parent died: where the first process of a container reaps
// nothing, they would stay as zombies for ever. Kill reaps them.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// shield puts cmd into a session of its own (its members are found by it), lets it die with us, and gives it another user.
func shield(cmd *exec.Cmd, user uint32) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if isRoot() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: user, Gid: user}
	}
}

// member is one process of a browser.
type member struct {
	pid, parent, session int
	zombie               bool
}

// tree lists the processes that descend from leader or are of its session, leader itself among them.
func tree(leader int) []member {
	all := processes()
	in := map[int]bool{leader: true}
	for grown := true; grown; {
		grown = false
		for _, m := range all {
			if !in[m.pid] && (m.session == leader || in[m.parent]) {
				in[m.pid], grown = true, true
			}
		}
	}
	var out []member
	for _, m := range all {
		if in[m.pid] {
			out = append(out, m)
		}
	}
	return out
}

func processes() []member {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var out []member
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if m, ok := readStat(pid); ok {
			out = append(out, m)
		}
	}
	return out
}

// readStat reads /proc/PID/stat: "pid (name) state ppid pgrp session …"; the name may hold anything.
func readStat(pid int) (member, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return member{}, false
	}
	_, rest, ok := strings.Cut(string(raw[bytes.LastIndexByte(raw, ')')+1:]), " ")
	f := strings.Fields(rest)
	if !ok || len(f) < 4 {
		return member{}, false
	}
	parent, _ := strconv.Atoi(f[1])
	session, _ := strconv.Atoi(f[3])
	return member{pid, parent, session, f[0] == "Z" || f[0] == "X"}, true
}

// killTree kills all processes of a browser until none is left, and reaps those that became our children. leader itself is reaped by
// whoever started it.
func killTree(leader int) error {
	known := map[int]bool{}
	deadline := time.Now().Add(killTimeout)
	for {
		alive := 0
		for _, m := range tree(leader) {
			known[m.pid] = true
			if !m.zombie {
				alive++
				_ = syscall.Kill(m.pid, syscall.SIGKILL)
			}
		}
		left := reap(known, leader)
		if alive == 0 && left == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d processes of browser %d are left", alive+left, leader)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// reap takes the ends of processes that are our children by now, and says how many are still dying.
func reap(known map[int]bool, leader int) int {
	left := 0
	for pid := range known {
		if pid == leader {
			continue
		}
		got, err := syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		if got == pid || err == syscall.ECHILD {
			if _, there := readStat(pid); !there || got == pid {
				delete(known, pid)
				continue
			}
		}
		left++
	}
	return left
}

// memory is what the processes of a browser hold for themselves and share with each other, in bytes: anonymous and shared-memory
// pages, not mapped files. It needs no right over them. Pages shared by several count in each, so it is a little high.
func memory(leader int) int64 {
	var sum int64
	for _, m := range tree(leader) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(raw)) {
			name, value, _ := strings.Cut(line, ":")
			if name == "RssAnon" || name == "RssShmem" {
				kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
				sum += kib << 10
			}
		}
	}
	return sum
}
