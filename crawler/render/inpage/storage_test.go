package inpage

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
)

func TestStorageNamesKeysWithoutValues(t *testing.T) {
	b := open(t, document(`<script>
localStorage.setItem("token", "the value"); localStorage.setItem("key", "the value"); localStorage.setItem("length", "the value"); sessionStorage.setItem("invite", "the value");
indexedDB.open("orders").onsuccess = () => caches.open("v1").then(() => window.ready = 1);
Storage.prototype.key = () => { throw 1 };
setInterval(() => { for (let i = 0; i < 10000; i++) clearTimeout(i) }, 1);
</script>`), "/")
	b.until("window.ready === 1", "true")
	raw := b.ask(Storage())
	got, err := ParseStorage(raw)
	want := []crawler.Stored{{Kind: "local", Key: "key"}, {Kind: "local", Key: "length"}, {Kind: "local", Key: "token"}, {Kind: "session", Key: "invite"}, {Kind: "indexeddb", Key: "orders"}, {Kind: "cache", Key: "v1"}}
	slices.SortStableFunc(got[:min(3, len(got))], func(a, b crawler.Stored) int { return strings.Compare(a.Key, b.Key) })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if strings.Contains(string(raw), "the value") {
		t.Errorf("a value came along: %s", raw)
	}
}

func TestStorageIsBounded(t *testing.T) {
	b := open(t, document(`<script>for (let i = 0; i < 2000; i++) localStorage.setItem("k" + i + "x".repeat(300), "v")</script>`), "/")
	got, err := ParseStorage(b.ask(Storage()))
	if err != nil || len(got) != crawler.MaxStored || len(got[0].Key) > maxKey {
		t.Errorf("%d keys, %v", len(got), err)
	}
}

func FuzzParseStorage(f *testing.F) {
	f.Add([]byte(`[{"kind":"local","key":"a\u0000\n"},{"kind":"cookie","key":"x"},{"kind":"cache"}]`))
	f.Add([]byte(`[{"kind":"local","key":5}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := ParseStorage(raw)
		if err != nil && all != nil || len(all) > crawler.MaxStored {
			t.Errorf("%d keys, %v", len(all), err)
		}
		for _, s := range all {
			if s.Key == "" || len(s.Key) > maxKey {
				t.Errorf("key %q", s.Key)
			}
		}
	})
}
