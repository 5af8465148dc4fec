package claim

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const brandsFile = "../../configs/rules/brands.yaml"

// TestBrandNumbers: the rules hold firms' numbers as this package writes them; one it never writes finds nobody.
func TestBrandNumbers(t *testing.T) {
	body, err := os.ReadFile(brandsFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Brands []struct {
			Name    string
			Numbers []string
		}
	}
	if err := yaml.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	schemes := map[string][]*register{}
	for _, all := range registers {
		for _, p := range all {
			schemes[p.what.scheme] = append(schemes[p.what.scheme], p.what.register)
		}
	}
	looked := 0
	for _, b := range file.Brands {
		for _, n := range b.Numbers {
			looked++
			scheme, number, _ := strings.Cut(n, ":")
			if !written(schemes[scheme], number) {
				t.Errorf("%s: the extractor never writes %q", b.Name, n)
			}
		}
	}
	if looked == 0 {
		t.Errorf("%s holds no numbers", brandsFile)
	}
}

// written reports whether one of the registers gives number back as it is.
func written(all []*register, number string) bool {
	for _, r := range all {
		for _, s := range r.shapes {
			if got, n := s.match(number); n == len(number) {
				if value, ok := checked(r.check, got); ok && value == number {
					return true
				}
			}
		}
	}
	return false
}
