// Names of what the site keeps in the browser; no values.
(async (max) => {
  const out = [];
  const add = (kind, key) => { if (out.length < max) out.push({ kind, key: String(key).slice(0, 200) }); };
  for (const [kind, name] of [['local', 'localStorage'], ['session', 'sessionStorage']]) {
    try { const s = window[name]; for (let i = 0; i < s.length && i < max; i++) add(kind, s.key(i)); } catch { /* not allowed here */ }
  }
  const soon = (p) => Promise.race([p, new Promise((r) => setTimeout(() => r([]), 1000))]);
  try { for (const d of await soon(indexedDB.databases())) add('indexeddb', d.name); } catch { /* not allowed here */ }
  try { for (const c of await soon(caches.keys())) add('cache', c); } catch { /* not allowed here */ }
  return JSON.stringify(out);
})
