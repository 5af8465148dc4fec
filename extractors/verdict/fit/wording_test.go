package fit

import (
	"bytes"
	"os"
	"testing"
)

// As with the weights: whoever changes a concept, a sheet or a family runs make fit.
func TestCommittedWordsAreTheLearned(t *testing.T) {
	words := learn(t).words
	var made bytes.Buffer
	if err := words.All.Write(&made); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(rulesFolder + "/wording.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, made.Bytes()) {
		t.Error("configs/rules/wording.txt is not what the concepts, the sheets and the label set make: run make fit")
	}
}

// What a fitting site's words say must come from a model that does not know its family: such models are less sure on the whole.
func TestFamiliesAreJudgedByModelsThatDoNotKnowThem(t *testing.T) {
	words := learn(t).words
	all, err := spokenSites(rules(t))
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := 0.0, 0.0
	for _, s := range all {
		sign := 1.0
		if !s.Fake {
			sign = -1
		}
		known += sign * words.All.Read(s.pieces).Logit / float64(len(all))
		unknown += sign * words.folds[wordFold(s.Source)].Read(s.pieces).Logit / float64(len(all))
	}
	if unknown > known-0.2 {
		t.Errorf("mean log odds for the right side are %.2f from the model that learned a family, %.2f from one that did not", known, unknown)
	}
}
