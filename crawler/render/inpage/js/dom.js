// Ways to the DOM that a page cannot bend: a form or document with an element named like one of its properties hides that property
// even from this world, so every property is read by the getter of its prototype.
(() => {
  const free = (f) => Function.prototype.call.bind(f);
  const get = (type, name) => free(Object.getOwnPropertyDescriptor(type.prototype, name).get);
  const call = (type, name) => free(type.prototype[name]);
  const attribute = call(Element, 'getAttribute');
  const dom = {
    get, call,
    type: get(Node, 'nodeType'), first: get(Node, 'firstChild'), next: get(Node, 'nextSibling'), parent: get(Node, 'parentNode'),
    data: get(CharacterData, 'data'), connected: get(Node, 'isConnected'), base: get(Node, 'baseURI'), contains: call(Node, 'contains'),
    tag: get(Element, 'localName'), tagName: get(Element, 'tagName'), ns: get(Element, 'namespaceURI'), shadow: get(Element, 'shadowRoot'),
    attrs: get(Element, 'attributes'), attr: (e, name) => attribute(e, name) ?? '', has: call(Element, 'hasAttribute'),
    children: get(Element, 'childElementCount'), firstElement: get(Element, 'firstElementChild'), nextElement: get(Element, 'nextElementSibling'),
    box: call(Element, 'getBoundingClientRect'), shows: call(Element, 'checkVisibility'), matches: call(Element, 'matches'),
    host: get(ShadowRoot, 'host'), root: get(Document, 'documentElement'), body: get(Document, 'body'), head: get(Document, 'head'),
    window: get(Document, 'defaultView'), url: get(Document, 'URL'), title: get(Document, 'title'),
    value: get(HTMLInputElement, 'value'), kind: get(HTMLInputElement, 'type'),
    list: get(HTMLSelectElement, 'options'), chosen: get(HTMLSelectElement, 'selectedIndex'), words: get(HTMLOptionElement, 'text'),
  };
  const inside = { iframe: get(HTMLIFrameElement, 'contentDocument'), frame: get(HTMLFrameElement, 'contentDocument'), object: get(HTMLObjectElement, 'contentDocument') };
  const html = 'http://www.w3.org/1999/xhtml';
  // The document in a frame of the same origin, else null.
  dom.inside = (e, tag) => {
    if (!Object.hasOwn(inside, tag) || dom.ns(e) !== html) return null;
    try { return inside[tag](e); } catch { return null; }
  };
  // What an event passes on its way up: parents, and hosts of shadow roots.
  dom.up = (node) => dom.parent(node) || (dom.type(node) === 11 ? host(node) : null);
  const host = (node) => { try { return dom.host(node); } catch { return null; } };
  // Every element of the document, of shadow roots and of frames of the same origin, at most so many within so long.
  dom.all = function* (maxElements, maxMS) {
    const roots = [document], until = performance.now() + maxMS;
    const walker = call(Document, 'createTreeWalker'), step = call(TreeWalker, 'nextNode');
    let n = 0;
    for (let i = 0; i < roots.length && i < 100; i++) {
      const walk = walker(document, roots[i], NodeFilter.SHOW_ELEMENT);
      for (let e = step(walk); e; e = step(walk)) {
        if (++n > maxElements || (n & 127) === 0 && performance.now() > until) return;
        const shadow = dom.shadow(e);
        if (shadow) roots.push(shadow);
        const frame = dom.inside(e, dom.tag(e));
        if (frame) roots.push(frame);
        yield e;
      }
    }
  };
  // Upper left corner of the element's document on the page; frames lie in one another.
  dom.corner = (e) => {
    let x = window.scrollX, y = window.scrollY;
    for (let i = 0, w = dom.window(owner(e)); i < 10 && w && w !== window; i++, w = w.parent) {
      const frame = w.frameElement;
      if (!frame) break;
      const b = dom.box(frame);
      x += b.x + Reflect.apply(clientLeft, frame, []);
      y += b.y + Reflect.apply(clientTop, frame, []);
    }
    return { x, y };
  };
  const owner = get(Node, 'ownerDocument');
  const clientLeft = Object.getOwnPropertyDescriptor(Element.prototype, 'clientLeft').get;
  const clientTop = Object.getOwnPropertyDescriptor(Element.prototype, 'clientTop').get;
  // Text of an element as one line, at most so long; what stands in scripts and styles left out.
  dom.text = (e, max) => {
    let out = '';
    const stack = [dom.first(e)];
    for (let n = 0; stack.length > 0 && out.length <= max && n < 400; n++) {
      const node = stack.pop();
      if (!node) continue;
      stack.push(dom.next(node));
      const type = dom.type(node);
      if (type === 3) out += dom.data(node).slice(0, max + 1);
      if (type !== 1) continue;
      const tag = dom.tag(node);
      if (tag === 'script' || tag === 'style' || tag === 'template') continue;
      if (tag === 'img') out += ' ' + dom.attr(node, 'alt').slice(0, max) + ' ';
      else out += /^(b|i|em|strong|span|font|a)$/.test(tag) ? '' : ' ';
      const shadow = dom.shadow(node);
      stack.push(dom.first(node));
      if (shadow) stack.push(dom.first(shadow));
    }
    return out.replace(/[\s\u200b\ufeff]+/g, ' ').trim().slice(0, max).toWellFormed();
  };
  return dom;
})()
