// Runs in the page's own world before its scripts. Shadow roots that the page closes are opened to a reader in another world, and stay
// closed to the page in all it can ask. Nothing here uses what the page's scripts can change later.
(() => {
  const { getOwnPropertyDescriptor, defineProperty, create } = Object, { apply } = Reflect, Str = String;
  const bound = (f) => Function.prototype.call.bind(f);
  const inSet = bound(WeakSet.prototype.has), toSet = bound(WeakSet.prototype.add), inMap = bound(WeakMap.prototype.get), toMap = bound(WeakMap.prototype.set);
  const split = bound(String.prototype.split), join = bound(Array.prototype.join), includes = bound(String.prototype.includes);
  const print = bound(Function.prototype.toString);
  const getter = (where, name) => bound(getOwnPropertyDescriptor(where, name).get);
  const root = bound(Node.prototype.getRootNode), host = getter(ShadowRoot.prototype, 'host'), current = getter(Event.prototype, 'currentTarget');
  const closed = new WeakSet(), printed = new WeakMap(), { Proxy } = globalThis;
  const MEMBERS = ['clonable', 'customElementRegistry', 'delegatesFocus', 'mode', 'referenceTarget', 'serializable', 'slotAssignment'];
  const append = (list, value) => defineProperty(list, list.length, { __proto__: null, value, writable: true, enumerable: true, configurable: true });

  // What an error says of where it came from, without us.
  const clean = (e) => {
    try {
      const all = split(e.stack, '\n'), kept = [];
      for (let i = 0; i < all.length; i++) if (!includes(all[i], 'at Object.apply (') && !includes(all[i], 'at Reflect.apply (')) append(kept, all[i]);
      if (kept.length < all.length) defineProperty(e, 'stack', { __proto__: null, value: join(kept, '\n'), writable: true, configurable: true });
    } catch { /* no text */ }
    return e;
  };
  const replace = (where, name, by) => {
    const d = getOwnPropertyDescriptor(where, name);
    if (!d) return;
    const kind = d.get ? 'get' : 'value', f = d[kind];
    d[kind] = new Proxy(f, {
      __proto__: null,
      apply(_, self, args) {
        try { return by(f, self, args); } catch (e) { throw clean(e); }
      },
    });
    toMap(printed, d[kind], print(f));
    defineProperty(where, name, d);
  };
  replace(Function.prototype, 'toString', (f, self, args) => inMap(printed, self) ?? apply(f, self, args));

  replace(Element.prototype, 'attachShadow', (f, self, args) => {
    const init = args[0];
    if (init === null || typeof init !== 'object' && typeof init !== 'function') return apply(f, self, args);
    const plain = create(null);
    for (let i = 0; i < MEMBERS.length; i++) {
      const v = init[MEMBERS[i]];
      if (v !== undefined) plain[MEMBERS[i]] = MEMBERS[i] === 'mode' ? Str(v) : v;
    }
    if (plain.mode !== 'closed') return apply(f, self, [plain]);
    plain.mode = 'open';
    const made = apply(f, self, [plain]);
    toSet(closed, made);
    return made;
  });
  replace(Element.prototype, 'shadowRoot', (f, self, args) => {
    const made = apply(f, self, args);
    return made && inSet(closed, made) ? null : made;
  });
  replace(ShadowRoot.prototype, 'mode', (f, self, args) => {
    const mode = apply(f, self, args);
    return inSet(closed, self) ? 'closed' : mode;
  });
  for (const where of [Element.prototype, Text.prototype]) {
    replace(where, 'assignedSlot', (f, self, args) => {
      const slot = apply(f, self, args);
      return slot && inSet(closed, root(slot)) ? null : slot;
    });
  }
  // Whether node lies in a closed root that from does not lie in.
  const hidden = (node, from) => {
    for (let i = 0; i < 100; i++) {
      let r;
      try { r = root(node); node = host(r); } catch { return false; }
      if (inSet(closed, r) && !within(from, r)) return true;
    }
    return false;
  };
  const within = (node, r) => {
    try {
      for (let i = 0; i < 100; i++) {
        const own = root(node);
        if (own === r) return true;
        node = host(own);
      }
    } catch { /* a window, a document */ }
    return false;
  };
  replace(Event.prototype, 'composedPath', (f, self, args) => {
    const path = apply(f, self, args), from = current(self), out = [];
    for (let i = 0; i < path.length; i++) if (!hidden(path[i], from)) append(out, path[i]);
    return out;
  });
})
