package inpage

import (
	"os"
	"syscall"
)

// servant is how the browser of the tests is started: it ends with us, and for root's sake as another user, or it would have no sandbox.
func servant(dir string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		return as, nil
	}
	as.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	return as, os.Chown(dir, 65534, 65534)
}
