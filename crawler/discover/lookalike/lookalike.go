// Package lookalike turns a host name into a score with reasons: how much the name alone speaks for a made-up investment site or for one
// that passes itself off as a known brand. It knows nothing of what stands at that name, looks nothing up, and judges nobody: a score is
// a reason to visit.
//
// It also makes the names that could be mistaken for a domain (Permutations), as dnstwist does.
package lookalike
