package qr

const (
	maxFile       = 8 << 20  // bytes of one picture
	maxPixels     = 20 << 20 // of one picture, by its header
	maxPixelBytes = 96 << 20 // that the decoded picture takes; deep or progressive pictures reach it with fewer pixels
	minPicture    = 64       // bytes: a code takes more in any format
	minSide       = 21       // pixels: the smallest code has as many modules

	imageWork   = 48 << 20  // pixels that all looks at one picture may cost
	captureWork = 256 << 20 // of all pictures of a capture, or of one document
	maxPictures = 1000      // different pictures read of a capture, or of one document
	maxCodes    = 12        // codes taken of one picture
	maxCentres  = 200       // places that look like a code's corner before a picture is given up as noise
	largeSide   = 1000      // pixels; larger pictures are looked at in small first
	smallSide   = 700       // pixels; smaller pictures are looked at enlarged, too
	minDots     = 90        // pixels of a picture that was made smaller
	maxTiles    = 36        // parts of a large picture that are looked at one by one
	tileSide    = 800       // pixels of such a part

	maxPayload = 4296 // characters of the largest code (ISO/IEC 18004, version 40-L, alphanumeric)
	maxContext = 240  // bytes of text beside a picture that may name the chain
	maxFound   = 500  // indicators of one document
	maxAddress = 4096 // bytes of an address that orders a code
	minPayload = 8    // characters of a text that can be an account
	maxUses    = 5000 // addresses of pictures looked at
	maxBase64  = maxFile/3*4 + 4

	maxSVG       = 2 << 20  // bytes of one drawing
	maxShapes    = 60_000   // shapes of one drawing, with the uses of a shape counted each
	maxSegments  = 150_000  // lines of all its paths
	maxStyle     = 64 << 10 // bytes of its style sheet
	minDrawing   = 600      // bytes; a drawing of a code has at least some hundred modules
	minLines     = 150      // shapes and lines: less is an icon
	maxDepth     = 40       // groups in groups
	svgSide      = 600      // pixels that a drawing's longer side is painted with, about
	maxPaintWork = 8 << 20  // pixels painted, and crossings of borders with rows at four each

	minModules   = 21  // of a code's side
	maxModules   = 177 // version 40
	maxQuiet     = 16  // modules of margin around them
	maxCells     = (maxModules + 2*maxQuiet) * (maxModules + 2*maxQuiet)
	maxOpen      = 400 // elements in elements
	maxCellStyle = 400 // bytes of a cell's style
	maxLooks     = 12  // different looks of the cells of one grid
	maxGrids     = 40  // grids of cells tried in one document
)
