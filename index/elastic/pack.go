package elastic

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// packer turns values into compressed JSON and back. It is safe for concurrent use.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newPacker() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(MaxBlob), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return &packer{enc, dec}, nil
}

func (p *packer) pack(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if len(plain) > MaxBlob {
		return nil, fmt.Errorf("%d MB is more than one document may hold", len(plain)>>20)
	}
	return p.enc.EncodeAll(plain, nil), nil
}

func (p *packer) unpack(packed []byte, v any) error {
	plain, err := p.dec.DecodeAll(packed, nil)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	return json.Unmarshal(plain, v)
}
