package index

import "errors"

var (
	// ErrNotFound: no such site, cluster or run.
	ErrNotFound = errors.New("not found")
	// ErrLeased: somebody else holds the host now.
	ErrLeased = errors.New("leased by another worker")
	// ErrStale: the site has changed since it was read.
	ErrStale = errors.New("changed meanwhile")
	// ErrInUse: another process writes to this store folder.
	ErrInUse = errors.New("store is in use by another process")
	// ErrUnavailable: the store cannot be reached now; trying again later may work.
	ErrUnavailable = errors.New("store unavailable")
	// ErrVersion: the server or the stored data is of a version this program cannot use.
	ErrVersion = errors.New("unsupported version")
	// ErrReadOnly: the store was opened for reading, or the server lets us only read.
	ErrReadOnly = errors.New("store is read-only")
)
