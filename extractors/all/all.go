// Package all is the explicit, ordered list of extractors: a Capture in, all Findings out.
package all

import (
	"scamatlas/extractors"
	"scamatlas/extractors/backend"
	"scamatlas/extractors/claim"
	"scamatlas/extractors/contact"
	"scamatlas/extractors/hosting"
	"scamatlas/extractors/link"
	"scamatlas/extractors/qr"
	"scamatlas/extractors/template"
	"scamatlas/extractors/tracker"
	"scamatlas/extractors/wallet"
)

// Set gives every extractor, in the order they run.
func Set() []extractors.Extractor {
	return []extractors.Extractor{wallet.New(), contact.New(), qr.New(), tracker.New(), claim.New(), backend.New(), link.New(), hosting.New(), template.New()}
}

// ReadDocument gives the indicators of one document, united and ordered: what `scamatlas extract` prints of a file.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	found := wallet.ReadDocument(d)
	found = append(found, contact.ReadDocument(d)...)
	found = append(found, qr.ReadDocument(d)...)
	found = append(found, tracker.ReadDocument(d)...)
	found = append(found, claim.ReadDocument(d)...)
	found = append(found, backend.ReadDocument(d)...)
	return extractors.Unite(found)
}

// ReadFile gives the indicators of one saved file: of a picture, what its QR codes say; else those of the document that it is.
// contentType may be empty; the name then tells the type, or the body does.
func ReadFile(name, contentType string, body []byte) []extractors.Indicator {
	if qr.IsImage(body) {
		return qr.ReadImage(name, body)
	}
	return ReadDocument(extractors.Parse(name, contentType, body))
}
