package archive

import (
	"fmt"
	"time"
)

// Damage is one thing that Verify found.
type Damage struct {
	Note   bool   `json:"note,omitempty"` // nothing is lost
	File   string `json:"file"`           // within the archive
	Line   int    `json:"line,omitempty"` // chain files
	Seq    int64  `json:"seq,omitempty"`  // the entry it was found at
	Host   string `json:"host,omitempty"`
	Object string `json:"object,omitempty"` // SHA-256
	What   string `json:"what"`             // one line
	Means  string `json:"means"`            // for whoever relies on it, one line
}

// Summary says what Verify looked at.
type Summary struct {
	Chain       string    `json:"chain"` // id
	Seq         int64     `json:"seq"`   // of the last entry, with its hash: keep both elsewhere to prove the chain later
	Hash        string    `json:"hash"`
	Entries     int       `json:"entries"`
	Visits      int       `json:"visits"`
	Objects     int       `json:"objects"` // looked at
	Bytes       int64     `json:"bytes"`
	Removed     int       `json:"removed"` // objects that visits name and retention took away
	Unnamed     int       `json:"unnamed"` // objects that no entry names
	Damaged     int       `json:"damaged"`
	Notes       int       `json:"notes"`
	OldestVisit time.Time `json:"oldest_visit,omitzero"`
}

// lost says what the loss of an object means.
func lost(w written, e *Entry, o Object, there bool) Damage {
	d := Damage{File: objectPath(o.SHA256), Line: 0, Seq: e.Seq, Host: e.Host, Object: o.SHA256, What: "the object is missing"}
	if there {
		d.What = "the object's content is not what it was"
	}
	when := e.At.Format(time.RFC3339)
	switch o.Kind {
	case ObjectWARC:
		d.Means = fmt.Sprintf("what %s sent on %s cannot be proven or read again", e.Host, when)
	case ObjectCapture:
		d.Means = fmt.Sprintf("the visit to %s on %s with profile %s cannot be read again; the WARC still holds what it sent", e.Host, when, o.Profile)
	case ObjectHAR:
		d.Means = fmt.Sprintf("the list of requests to %s on %s is lost; the WARC still holds them", e.Host, when)
	case ObjectSettings:
		d.Means = fmt.Sprintf("with which settings %s was visited on %s cannot be shown", e.Host, when)
	default:
		d.Means = fmt.Sprintf("how %s looked to profile %s on %s cannot be shown", o.Of, o.Profile, when)
	}
	return d
}
