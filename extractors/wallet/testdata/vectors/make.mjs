// Writes addresses of fixed seeds as npm libraries encode them: see make.py, whose header says how to run both.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { getAddress, getIcapAddress } from "ethers";
import * as bitcoin from "bitcoinjs-lib";

const require = createRequire(import.meta.url);
const { TronWeb } = require("tronweb");
const version = (name) => {
  const path = require.resolve(name).split("node_modules/").slice(0, -1).join("node_modules/");
  return JSON.parse(require("node:fs").readFileSync(`${path}node_modules/${name}/package.json`)).version;
};
const COUNT = 8;

const h = (name, n) => createHash("sha512").update(`scamatlas vector ${name}`).digest().subarray(0, n);
const emit = (chain, form, address, name, value) =>
  console.log(JSON.stringify({ chain, form, address, value: value ?? address, origin: `npm ${name} ${version(name)}` }));

for (let i = 0; i < COUNT; i++) {
  const hex = "0x" + h(`evm ${i}`, 20).toString("hex");
  emit("evm", "address", getAddress(hex), "ethers", hex);
  emit("evm", "icap", getIcapAddress(hex), "ethers", hex);
  const tron = "41" + h(`trx ${i}`, 20).toString("hex");
  emit("trx", "base58", TronWeb.address.fromHex(tron), "tronweb");
  emit("trx", "hex", tron, "tronweb", TronWeb.address.fromHex(tron));
  emit("btc|bch", "p2pkh", bitcoin.address.toBase58Check(h(`btc ${i}`, 20), 0), "bitcoinjs-lib");
  emit("doge", "p2pkh", bitcoin.address.toBase58Check(h(`btc ${i}`, 20), 0x1e), "bitcoinjs-lib");
  emit("btc", "p2wsh", bitcoin.address.toBech32(h(`btc ${i}`, 32), 0, "bc"), "bitcoinjs-lib");
  emit("btc", "p2tr", bitcoin.address.toBech32(h(`btc ${i}`, 32), 1, "bc"), "bitcoinjs-lib");
  emit("btc", "witness", bitcoin.address.toBech32(h(`btc ${i}`, 20 + i), 2 + i, "bc"), "bitcoinjs-lib");
  emit("ltc", "p2tr", bitcoin.address.toBech32(h(`ltc ${i}`, 32), 1, "ltc"), "bitcoinjs-lib");
}
