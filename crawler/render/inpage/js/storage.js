// Names of what the site keeps in the browser; no values. A page can clear every timer of its window, ours too, so the wait is a task.
(async (max) => {
  const out = [];
  const add = (kind, key) => { if (out.length < max) out.push({ kind, key: String(key).slice(0, 200).toWellFormed() }); };
  const item = Storage.prototype.key, length = Object.getOwnPropertyDescriptor(Storage.prototype, 'length').get;
  for (const [kind, name] of [['local', 'localStorage'], ['session', 'sessionStorage']]) {
    try {
      const s = window[name], n = Reflect.apply(length, s, []);
      for (let i = 0; i < n && i < max; i++) add(kind, Reflect.apply(item, s, [i]));
    } catch { /* not allowed here */ }
  }
  const soon = (p) => Promise.race([p, scheduler.postTask(() => [], { delay: 1000, priority: 'user-blocking' })]);
  try { for (const d of await soon(indexedDB.databases())) add('indexeddb', d.name); } catch { /* not allowed here */ }
  try { for (const c of await soon(caches.keys())) add('cache', c); } catch { /* not allowed here */ }
  return JSON.stringify(out);
})
