"""Reads the files named on standard input, one a line, with iocsearcher; prints one JSON object: CPU seconds and what was found."""
import json
import sys
import time

from iocsearcher.searcher import Searcher

WALLETS = {"bitcoin", "bitcoincash", "cardano", "dashcoin", "dogecoin", "ethereum", "litecoin", "monero", "ripple", "solana", "stellar", "tezos", "tron", "zcash"}

searcher = Searcher()
texts = [open(line.rstrip("\n"), encoding="utf-8", errors="replace").read() for line in sys.stdin]
result = {}
for name, targets in (("all", None), ("wallets", WALLETS)):
    start = time.process_time()
    found = set()
    for text in texts:
        found |= {(ioc.name, ioc.value) for ioc in searcher.search_data(text, targets)}
    result[name] = {"seconds": time.process_time() - start, "wallets": sum(kind in WALLETS for kind, _ in found), "all": len(found)}
print(json.dumps(result))
