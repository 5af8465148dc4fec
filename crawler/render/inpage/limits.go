package inpage

import "scamatlas/crawler"

const (
	maxNodes    = 300_000 // read of one document
	readMS      = 1500    // milliseconds of one reading
	maxElements = 30_000  // looked at for steps or codes
	findMS      = 1000    // milliseconds of one such look
	maxSteps    = 400
	maxLabel    = 80 // bytes of a step's label
	maxBoxes    = 60
	maxSide     = 100_000 // CSS pixels of a page
	maxKey      = 200     // bytes of a name
	maxNames    = 100
	maxAnswer   = 8*crawler.MaxDOM + 1<<20 // bytes of one answer: JSON may write six for one

	maxPixels  = 40 << 20 // of a picture that is looked at
	sampleGrid = 220      // samples along each side of it
	oneColour  = 0.997    // share of samples of one colour that makes a picture blank
	near       = 10       // difference of a colour's part that is not seen
)
