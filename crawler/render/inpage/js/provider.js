// An inert wallet: it says who it is and what it holds, and refuses whatever would sign, send, allow or change. There is no key.
((it) => {
  // The list is kept and told by means that the page's scripts cannot change.
  const bound = (f) => Function.prototype.call.bind(f);
  const slice = bound(String.prototype.slice), includes = bound(String.prototype.includes);
  const tell = performance.dispatchEvent.bind(performance), Told = CustomEvent, Str = String;
  let seen = '\n', count = 0;
  const note = (name) => {
    try {
      name = slice(Str(name), 0, 80);
      if (count >= 100 || includes(name, '\n') || includes(seen, '\n' + name + '\n')) return;
    } catch { return; }
    count++;
    seen += name + '\n';
  };
  performance.addEventListener(it.ask, () => tell(new Told(it.answer, { __proto__: null, detail: seen })));
  const refusal = (code, message) => Object.assign(new Error(message), { code });
  const refuse = (name) => {
    note(name);
    return Promise.reject(refusal(4001, 'User rejected the request.'));
  };
  const word = (hex) => '0x' + hex.padStart(64, '0');
  const hide = (where, name, value) => {
    try { Object.defineProperty(where, name, { value, enumerable: true, configurable: true, writable: true }); } catch { /* taken */ }
  };
  const events = () => {
    const heard = {};
    return {
      on(name, f) { (heard[name] = heard[name] || []).push(f); return this; },
      once(name, f) { return this.on(name, f); },
      addListener(name, f) { return this.on(name, f); },
      off() { return this; }, removeListener() { return this; }, removeAllListeners() { return this; },
      emit() { return false; }, listenerCount(name) { return (heard[name] || []).length; },
    };
  };

  // EIP-1193, EIP-6963
  const reads = {
    eth_requestAccounts: () => [it.evm], eth_accounts: () => [it.evm], eth_coinbase: () => it.evm,
    eth_chainId: () => it.chain, net_version: () => String(parseInt(it.chain, 16)), net_listening: () => true,
    eth_blockNumber: () => '0x151f2c4', eth_gasPrice: () => '0x3b9aca00', eth_estimateGas: () => '0x5208', eth_getTransactionCount: () => '0x1',
    eth_getBalance: () => '0x6f05b59d3b20000', eth_call: () => word('0'), eth_getCode: () => '0x', eth_maxPriorityFeePerGas: () => '0x3b9aca00',
    web3_clientVersion: () => 'MetaMask/v12.9.1', wallet_getPermissions: () => [{ parentCapability: 'eth_accounts' }], eth_getBlockByNumber: () => null,
    eth_getLogs: () => [], eth_getTransactionReceipt: () => null, eth_getTransactionByHash: () => null, eth_syncing: () => false,
  };
  const request = async (a) => {
    const name = a && a.method;
    if (typeof name !== 'string') throw refusal(-32602, 'Invalid request method.');
    note(name);
    if (Object.hasOwn(reads, name)) return reads[name]();
    if (/sign|send|approve|permission|wallet_|decrypt|encrypt|personal_/i.test(name)) {
      throw refusal(4001, 'MetaMask Tx Signature: User denied transaction signature.');
    }
    throw refusal(-32601, 'The method "' + name + '" does not exist / is not available.');
  };
  const answer = (promise, id, back) => promise.then(
    (result) => back(null, { id, jsonrpc: '2.0', result }),
    (error) => back(error, { id, jsonrpc: '2.0', error: { code: error.code, message: error.message } }));
  const ethereum = Object.assign(events(), {
    isMetaMask: true, isConnected: () => true, chainId: it.chain, networkVersion: String(parseInt(it.chain, 16)), selectedAddress: it.evm,
    _metamask: { isUnlocked: () => Promise.resolve(true) },
    request,
    enable: () => request({ method: 'eth_requestAccounts' }),
    send(a, b) {
      if (typeof a === 'string') return request({ method: a, params: b });
      if (typeof b === 'function') return void answer(request(a), a && a.id, b);
      return request(a);
    },
    sendAsync: (a, back) => void answer(request(a), a && a.id, back),
  });
  ethereum.providers = [ethereum];
  hide(window, 'ethereum', ethereum);
  hide(window, 'web3', { currentProvider: ethereum });
  const detail = Object.freeze({
    info: Object.freeze({ uuid: '6f1d7c1a-64c1-4f0e-9f43-0b2d7a1c9e55', name: 'MetaMask', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>', rdns: 'io.metamask' }),
    provider: ethereum,
  });
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  addEventListener('eip6963:requestProvider', announce);
  announce();
  dispatchEvent(new Event('ethereum#initialized'));

  // TRON
  const sun = 1e6;
  // A promise that is given a thing with a then waits for it.
  const plain = (name) => typeof name === 'string' && name !== 'then' && name !== 'toJSON';
  const rejecting = (prefix) => new Proxy({}, { get: (_, name) => (plain(name) ? () => refuse(prefix + name) : undefined) });
  const trx = new Proxy({
    getBalance: () => Promise.resolve(500 * sun), getUnconfirmedBalance: () => Promise.resolve(500 * sun),
    getAccount: () => Promise.resolve({ address: it.tronHex, balance: 500 * sun }), getCurrentBlock: () => Promise.resolve({ block_header: { raw_data: { number: 70000000 } } }),
  }, { get: (o, name) => (Object.hasOwn(o, name) ? o[name] : plain(name) ? () => refuse('trx.' + name) : undefined) });
  const zero = { _hex: '0x00', _isBigNumber: true, toNumber: () => 0, toString: () => '0', toJSON: () => '0', valueOf: () => 0, toHexString: () => '0x00', isZero: () => true };
  const method = new Proxy({}, {
    get: (_, name) => !plain(name) ? undefined : () => ({
      call: () => { note('contract.' + String(name)); return Promise.resolve(zero); },
      send: () => refuse('contract.' + String(name) + '.send'),
    }),
  });
  const tronWeb = Object.assign(events(), {
    ready: true, isTronLink: true, defaultAddress: { base58: it.tron, hex: it.tronHex, name: 'Account 1' },
    fullNode: { host: 'https://api.trongrid.io' }, solidityNode: { host: 'https://api.trongrid.io' }, eventServer: { host: 'https://api.trongrid.io' },
    isConnected: () => Promise.resolve({ fullNode: true, solidityNode: true, eventServer: true }), isAddress: (a) => /^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(a),
    toSun: (n) => n * sun, fromSun: (n) => n / sun, toHex: (a) => a, address: { toHex: () => it.tronHex, fromHex: () => it.tron },
    trx, transactionBuilder: rejecting('transactionBuilder.'),
    contract: () => Object.assign(Promise.resolve(method), { at: () => Promise.resolve(method), methods: method }),
  });
  const tronRequest = (a) => {
    const name = (a && a.method) || a;
    note(name);
    return name === 'tron_requestAccounts' || name === 'eth_requestAccounts' ? Promise.resolve({ code: 200, message: 'User allowed the request.' }) : refuse(name);
  };
  const tronLink = Object.assign(events(), { ready: true, isTronLink: true, request: tronRequest, tronWeb, sunWeb: tronWeb });
  tronWeb.request = tronRequest;
  hide(window, 'tronWeb', tronWeb);
  hide(window, 'tronLink', tronLink);
  hide(window, 'tron', Object.assign(events(), { isTronLink: true, request: (a) => (a && a.method === 'eth_requestAccounts' ? tronRequest(a).then(() => [it.tron]) : tronRequest(a)), tronWeb }));
  addEventListener('load', () => dispatchEvent(new Event('tronLink#initialized')));

  // Solana
  const key = { toString: () => it.solana, toBase58: () => it.solana, toJSON: () => it.solana };
  const solana = Object.assign(events(), {
    isPhantom: true, isConnected: false, publicKey: null,
    connect() { note('connect'); this.isConnected = true; this.publicKey = key; return Promise.resolve({ publicKey: key }); },
    disconnect() { this.isConnected = false; this.publicKey = null; return Promise.resolve(); },
    signTransaction: () => refuse('signTransaction'), signAllTransactions: () => refuse('signAllTransactions'), signMessage: () => refuse('signMessage'),
    signAndSendTransaction: () => refuse('signAndSendTransaction'), signIn: () => refuse('signIn'),
    request: (a) => (a && a.method === 'connect' ? solana.connect() : refuse(a && a.method)),
  });
  hide(window, 'solana', solana);
  hide(window, 'phantom', { solana });
})
