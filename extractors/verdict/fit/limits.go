package fit

const (
	maxSweeps = 3000 // over all columns, of one training
	converged = 1e-5 // log odds: no weight moves further in a sweep

	folds = 5 // of families, for choosing the penalty and for the scores that calibrate

	worthwhile = 0.02 // share of the loss out of fold that a smaller penalty must save

	fewFamilies = 6.0 // that show a reason: of so few the penalty is twice as great

	samplesToFit   = 24 // sites of a family that weights are fitted on
	samplesToScore = 40 // sites of a family that are scored

	tableBins = 10 // of a reliability table

	wordFolds   = 5    // of families, for what words say of families that their model does not know
	wordSamples = 6    // sites of a family that words are learned from
	wordWeight  = 30.0 // of the families of either label, against the penalty
	sheetsShare = 2.0  // of the sheets, in weights of the families: they have more wordings
)
