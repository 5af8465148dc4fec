package ct

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// list is a log list of version 3 (https://www.gstatic.com/ct/log_list/v3/log_list_schema.json), of which this much is read.
type list struct {
	Operators []struct {
		Name  string      `json:"name"`
		Logs  []listedLog `json:"logs"`
		Tiled []listedLog `json:"tiled_logs"`
	} `json:"operators"`
}

type listedLog struct {
	Description string                     `json:"description"`
	Type        string                     `json:"log_type"`
	ID          []byte                     `json:"log_id"`
	Key         []byte                     `json:"key"`
	URL         string                     `json:"url"`            // RFC 6962
	Submission  string                     `json:"submission_url"` // static-ct
	Monitoring  string                     `json:"monitoring_url"`
	State       map[string]json.RawMessage `json:"state"` // of one key
	Interval    struct {
		Start time.Time `json:"start_inclusive"`
		End   time.Time `json:"end_exclusive"`
	} `json:"temporal_interval"`
}

// ReadList gets a log list from an http or https address or a file, and reads it as ParseList does.
func ReadList(ctx context.Context, client Doer, where string) ([]Log, []string, error) {
	data, err := readList(ctx, client, where)
	if err != nil {
		return nil, nil, fmt.Errorf("log list %s: %w", where, err)
	}
	logs, problems, err := ParseList(data)
	if err != nil {
		return nil, nil, fmt.Errorf("log list %s: %w", where, err)
	}
	return logs, problems, nil
}

func readList(ctx context.Context, client Doer, where string) ([]byte, error) {
	if isAddress(where) {
		return (&getter{client: client}).body(ctx, where, "log list", MaxList)
	}
	f, err := os.Open(where)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxList+1))
	if err == nil && len(data) > MaxList {
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxList)
	}
	return data, err
}

// ParseList reads a log list, JSON of version 3. A log it cannot use is left out and named in problems. The error is ErrMalformed when
// the list as a whole is none, or has no log of use.
func ParseList(data []byte) (logs []Log, problems []string, err error) {
	var l list
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, nil, fmt.Errorf("%w: %v: %.*q", ErrMalformed, err, MaxText, data)
	}
	for _, operator := range l.Operators {
		for kind, some := range map[Kind][]listedLog{RFC6962: operator.Logs, Static: operator.Tiled} {
			if len(logs)+len(problems)+len(some) > MaxLogs {
				return nil, nil, fmt.Errorf("%w: more than %d logs in one list", ErrTooLarge, MaxLogs)
			}
			for _, one := range some {
				log, err := one.log(kind)
				if err != nil {
					problems = append(problems, fmt.Sprintf("log %.*q of %.*q: %v", MaxText, one.Description, MaxText, operator.Name, err))
					continue
				}
				logs = append(logs, log)
			}
		}
	}
	if len(logs) == 0 {
		return nil, problems, fmt.Errorf("%w: no log in the list that can be read (%d that cannot)", ErrMalformed, len(problems))
	}
	slices.Sort(problems)
	slices.SortFunc(logs, func(a, b Log) int { return strings.Compare(a.Name+"\n"+a.URL, b.Name+"\n"+b.URL) })
	distinguish(logs)
	return logs, problems, nil
}

func (l listedLog) log(kind Kind) (Log, error) {
	log := Log{Kind: kind, Key: l.Key, URL: l.URL, Start: l.Interval.Start, End: l.Interval.End}
	if kind == Static {
		log.URL = l.Monitoring
		_, rest, _ := strings.Cut(l.Submission, "://")
		log.Origin = strings.TrimRight(rest, "/")
		if log.Origin == "" {
			return Log{}, fmt.Errorf("no submission_url: checkpoints bear its name")
		}
	}
	if l.Type == "test" {
		return Log{}, fmt.Errorf("a test log")
	}
	if !isAddress(log.URL) {
		return Log{}, fmt.Errorf("its address %.*q is not http or https", MaxText, log.URL)
	}
	if _, err := parseKey(l.Key); err != nil {
		return Log{}, fmt.Errorf("key: %v", err)
	}
	if id := log.ID(); len(l.ID) > 0 && !bytes.Equal(l.ID, id[:]) {
		return Log{}, fmt.Errorf("its id is not that of its key")
	}
	for state, since := range l.State {
		if string(since) == "null" {
			continue
		}
		if log.State != "" {
			return Log{}, fmt.Errorf("two states at once")
		}
		log.State = state
	}
	log.Name = slug(l.Description)
	if log.Name == "" {
		_, rest, _ := strings.Cut(log.URL, "://")
		log.Name = slug(rest)
	}
	return log, nil
}

// slug makes a name of a description: "Google 'Argon2026h1' log" is google-argon2026h1.
func slug(description string) string {
	fields := strings.FieldsFunc(strings.ToLower(description[:min(len(description), MaxText)]), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	if len(fields) > 1 && fields[len(fields)-1] == "log" {
		fields = fields[:len(fields)-1]
	}
	return strings.Join(fields, "-")
}

// distinguish gives logs of the same name the beginning of their id as well.
func distinguish(logs []Log) {
	count := map[string]int{}
	for _, l := range logs {
		count[l.Name]++
	}
	for i, l := range logs {
		if id := l.ID(); count[l.Name] > 1 {
			logs[i].Name += "-" + hex.EncodeToString(id[:4])
		}
	}
}

// Current are the logs of a list in which new certificates appear: those that browsers accept or did so lately (usable, qualified,
// readonly), for certificates that expire between now and Horizon from now.
func Current(logs []Log, now time.Time) []Log {
	var current []Log
	for _, l := range logs {
		switch l.State {
		case "usable", "qualified", "readonly":
		default:
			continue
		}
		if (l.End.IsZero() || l.End.After(now)) && (l.Start.IsZero() || l.Start.Before(now.Add(Horizon))) {
			current = append(current, l)
		}
	}
	return current
}
