#!/usr/bin/env python3
"""Writes addresses of fixed seeds as other people's libraries encode them, one JSON object a line, to standard output.

Only the tests read what this wrote. To write it again:

    python3 -m venv venv
    venv/bin/pip install bip_utils==2.12.3 base58==2.1.1 bech32==1.2.0 stellar-sdk==16.1.1 py-algorand-sdk==2.12.0 \\
        xrpl-py==5.2.0 pytoniq-core==0.2.1 substrate-interface==1.8.1 monero==1.1.1
    venv/bin/python make.py > python.jsonl
    npm install ethers@6.17.0 tronweb@6.5.1 bitcoinjs-lib@7.0.5 && node make.mjs > node.jsonl

Nobody holds the keys: they are hashes of public words.
"""
import hashlib
import importlib.metadata
import json

import base58
import bech32
import bip_utils as bu
from algosdk import encoding as algo
from monero import address as xmr
from pytoniq_core import Address as TonAddress
from stellar_sdk import MuxedAccount, StrKey
from substrateinterface.utils.ss58 import ss58_encode
from xrpl.core import addresscodec as xrp

COUNT = 8


def h(name, n):
    out, i = b"", 0
    while len(out) < n:
        out += hashlib.sha256(f"scamatlas vector {name} {i}".encode()).digest()
        i += 1
    return out[:n]


def emit(chain, form, address, package, value=None, tag=None):
    row = {"chain": chain, "form": form, "address": address, "value": value or address, "origin": f"PyPI {package} {importlib.metadata.version(package)}"}
    if tag:
        row["tag"] = tag
    print(json.dumps(row, separators=(",", ":")))


def bip44(chain, form, coin, purpose=bu.Bip44, coins=bu.Bip44Coins, value=lambda a: None):
    for i in range(COUNT):
        ctx = purpose.FromSeed(h(f"seed {i}", 64), getattr(coins, coin)).DeriveDefaultPath()
        a = ctx.PublicKey().ToAddress()
        if chain == "bch":
            a = a.split(":")[-1]
        emit(chain, form, a, "bip_utils", value(a))


def from_bip_utils():
    lower = lambda a: a.lower()
    for chain, form, coin in [
        ("btc|bch", "p2pkh", "BITCOIN"), ("bch", "cashaddr", "BITCOIN_CASH"), ("ltc", "p2pkh", "LITECOIN"), ("doge", "p2pkh", "DOGECOIN"),
        ("dash", "p2pkh", "DASH"), ("zec", "t1", "ZCASH"), ("trx", "base58", "TRON"), ("sol", "base58", "SOLANA"), ("xrp", "classic", "RIPPLE"),
        ("ada", "byron", "CARDANO_BYRON_ICARUS"), ("xlm", "account", "STELLAR"),
        ("algo", "base32", "ALGORAND"), ("xtz", "tz1", "TEZOS"), ("fil", "f1", "FILECOIN"), ("nano", "base32", "NANO"), ("egld", "bech32", "MULTIVERSX"),
        ("atom", "bech32", "COSMOS"), ("osmo", "bech32", "OSMOSIS"), ("inj", "bech32", "INJECTIVE"), ("kava", "bech32", "KAVA"), ("band", "bech32", "BAND_PROTOCOL"),
        ("akt", "bech32", "AKASH_NETWORK"), ("axl", "bech32", "AXELAR"), ("tia", "bech32", "CELESTIA"), ("dydx", "bech32", "DYDX"), ("ntrn", "bech32", "NEUTRON"),
        ("fet", "bech32", "FETCH_AI"), ("iris", "bech32", "IRIS_NET"), ("huahua", "bech32", "CHIHUAHUA"), ("scrt", "bech32", "SECRET_NETWORK_NEW"),
        ("luna", "bech32", "TERRA"), ("bnb", "bech32", "BINANCE_CHAIN"), ("okt", "bech32", "OKEX_CHAIN_ATOM"), ("zil", "bech32", "ZILLIQA"), ("one", "bech32", "HARMONY_ONE_ATOM"),
    ]:
        bip44(chain, form, coin)
    for form, coin in [("address", "ETHEREUM"), ("address", "BINANCE_SMART_CHAIN"), ("address", "POLYGON")]:
        bip44("evm", form, coin, value=lower)
    for chain, form in [("apt", "APTOS"), ("sui", "SUI")]:
        bip44("apt|sui", "hex32", form, value=lower)
    bip44("btc|bch|ltc", "p2sh", "BITCOIN", bu.Bip49, bu.Bip49Coins)
    bip44("ltc", "p2sh", "LITECOIN", bu.Bip49, bu.Bip49Coins)
    bip44("btc", "p2wpkh", "BITCOIN", bu.Bip84, bu.Bip84Coins)
    bip44("ltc", "p2wpkh", "LITECOIN", bu.Bip84, bu.Bip84Coins)
    bip44("btc", "p2tr", "BITCOIN", bu.Bip86, bu.Bip86Coins)
    bip44("bch", "cashaddr_p2sh", "BITCOIN_CASH", bu.Bip49, bu.Bip49Coins)
    for i in range(COUNT):
        cip = bu.Cip1852.FromSeed(h(f"seed {i}", 64), bu.Cip1852Coins.CARDANO_ICARUS)
        ctx = bu.CardanoShelley.FromCip1852Object(cip.Purpose().Coin().Account(0)).Change(bu.Bip44Changes.CHAIN_EXT).AddressIndex(i)
        emit("ada", "shelley_base", ctx.PublicKeys().ToAddress(), "bip_utils")
        emit("ada", "stake", ctx.PublicKeys().ToStakingAddress(), "bip_utils")
        byron = bu.CardanoByronLegacy.FromSeed(h(f"seed {i}", 32)).GetAddress(i, 0)
        emit("ada", "byron", byron, "bip_utils")


def from_base58():
    for chain, form, prefix in [
        ("btc|bch|ltc", "p2sh", "05"), ("ltc", "p2sh", "32"), ("doge", "p2sh", "16"), ("dash", "p2sh", "10"), ("zec", "t3", "1cbd"), ("xtz", "tz2", "06a1a1"),
        ("xtz", "tz3", "06a1a4"), ("xtz", "tz4", "06a1a6"), ("xtz", "KT1", "025a79"),
    ]:
        for i in range(COUNT):
            emit(chain, form, base58.b58encode_check(bytes.fromhex(prefix) + h(f"{form} {i}", 20)).decode(), "base58")
    for i in range(COUNT):  # accounts without a private key, like program-derived ones, are 32 bytes as well; some begin with zeros
        emit("sol", "base58", base58.b58encode(bytes(i % 3) + h(f"sol {i}", 32 - i % 3)).decode(), "base58")


def from_bech32():
    for chain, form, hrp, head, size in [("zec", "sapling", "zs", b"", 43), ("ada", "shelley_enterprise", "addr", b"\x61", 28), ("ada", "shelley_base", "addr", b"\x11", 56),
                                         ("ada", "stake", "stake", b"\xf1", 28), ("sei", "bech32", "sei", b"", 20), ("juno", "bech32", "juno", b"", 32)]:
        for i in range(COUNT):
            emit(chain, form, bech32.bech32_encode(hrp, bech32.convertbits(head + h(f"{hrp} {i}", size), 8, 5)), "bech32")
    for i in range(COUNT):
        emit("ltc", "mweb", bech32.bech32_encode("ltcmweb", [0] + bech32.convertbits(h(f"mweb {i}", 66), 8, 5)), "bech32")
        emit("btc", "p2wsh", bech32.encode("bc", 0, h(f"wsh {i}", 32)), "bech32")
        emit("ltc", "p2wsh", bech32.encode("ltc", 0, h(f"wsh {i}", 32)), "bech32")


def from_the_chains_own():
    for i in range(COUNT):
        g = StrKey.encode_ed25519_public_key(h(f"xlm {i}", 32))
        emit("xlm", "account", g, "stellar-sdk")
        emit("xlm", "muxed", MuxedAccount(g, i * 1000003).account_muxed, "stellar-sdk", g, str(i * 1000003))
        emit("algo", "base32", algo.encode_address(h(f"algo {i}", 32)), "py-algorand-sdk")
        r = xrp.encode_classic_address(h(f"xrp {i}", 20))
        emit("xrp", "classic", r, "xrpl-py")
        tag = None if i == 0 else i * 77001
        emit("xrp", "xaddress", xrp.classic_address_to_xaddress(r, tag, False), "xrpl-py", r, tag and str(tag))
        t = TonAddress((-(i % 2), h(f"ton {i}", 32)))
        raw = t.to_str(is_user_friendly=False)
        for safe in (True, False):
            emit("ton", "bounceable", t.to_str(is_url_safe=safe), "pytoniq-core", raw)
            emit("ton", "non_bounceable", t.to_str(is_url_safe=safe, is_bounceable=False), "pytoniq-core", raw)
        emit("ton", "raw", raw, "pytoniq-core", raw)
        for chain, form, network in [("dot", "ss58", 0), ("ksm", "ss58", 2), ("dot|ksm|tao", "ss58_generic", 42)]:
            emit(chain, form, ss58_encode(h(f"dot {i}", 32), network), "substrate-interface", "0x" + h(f"dot {i}", 32).hex())
        wallet = xmr.Address(bu.Monero.FromSeed(h(f"xmr {i}", 32)).PrimaryAddress())
        emit("xmr", "standard", str(wallet), "monero")
        emit("xmr", "integrated", str(wallet.with_payment_id(i + 1)), "monero")
        emit("xmr", "subaddress", bu.Monero.FromSeed(h(f"xmr {i}", 32)).Subaddress(i + 1), "bip_utils")


from_bip_utils()
from_base58()
from_bech32()
from_the_chains_own()
