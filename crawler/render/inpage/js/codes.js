// Where on the page a QR code may stand: drawn, a picture, or put together from elements.
((dom, max, maxElements, maxMS) => {
  const until = performance.now() + maxMS;
  const HINT = /qr|barcode|二维码|二維碼/i, LOOSE = /qr|barcode|wallet|address|deposit|recharge|pay|code/i;
  const square = (b) => b.width >= 60 && b.height >= 60 && b.width <= 1200 && b.height <= 1200 && b.width / b.height > 0.75 && b.width / b.height < 1.34;
  const style = (e) => getComputedStyle(e);
  const src = dom.get(HTMLImageElement, 'currentSrc'), width = dom.get(HTMLImageElement, 'naturalWidth'), tall = dom.get(HTMLImageElement, 'naturalHeight');
  const wide = dom.get(HTMLCanvasElement, 'width'), high = dom.get(HTMLCanvasElement, 'height'), rows = dom.get(HTMLTableElement, 'rows'), cells = dom.get(HTMLTableRowElement, 'cells');
  const tags = dom.call(Element, 'getElementsByTagName');
  const SIDE = 96, pad = new OffscreenCanvas(SIDE, SIDE), pen = pad.getContext('2d', { willReadFrequently: true });
  let looks = 0;
  // 1: two tones that alternate, as a code does; 0: something else; -1: may not be looked at.
  const tones = (e, w, h) => {
    if (w > 0 && h > 0 && (w < 21 || h < 21)) return 0; // the smallest code has as many modules
    if (w < 1 || h < 1 || ++looks > 80) return -1;
    let px;
    try {
      pen.imageSmoothingEnabled = false;
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, SIDE, SIDE);
      pen.drawImage(e, 0, 0, SIDE, SIDE);
      px = pen.getImageData(0, 0, SIDE, SIDE).data;
    } catch { return -1; }
    const light = new Uint8Array(SIDE * SIDE), counts = new Uint32Array(256);
    for (let i = 0; i < light.length; i++) counts[light[i] = (px[4 * i] * 3 + px[4 * i + 1] * 6 + px[4 * i + 2]) / 10]++;
    const part = (share) => { let n = 0, v = 0; while (v < 255 && (n += counts[v]) < light.length * share) v++; return v; };
    const dark = part(0.05), bright = part(0.95);
    if (bright - dark < 60) return 0;
    const middle = (dark + bright) / 2, margin = (bright - dark) / 4;
    let between = 0, turns = 0;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const v = light[y * SIDE + x];
        if (Math.abs(v - middle) < margin) between++;
        if (x > 0 && v < middle !== light[y * SIDE + x - 1] < middle) turns++;
      }
    }
    return between < 0.3 * light.length && turns / SIDE >= 5 ? 1 : 0;
  };
  const strokes = (svg) => {
    let n = 0, i = 0;
    for (const x of tags(svg, '*')) {
      if (++i > 3000) break;
      const tag = dom.tag(x);
      if (tag === 'rect' || tag === 'use' || tag === 'polygon' || tag === 'circle') n++;
      else if (tag === 'path') n += dom.attr(x, 'd').length / 12;
      else if (tag === 'image') n += 40;
    }
    return n;
  };
  // Whether the elements in it have more than one colour between them.
  const colours = (list, own) => {
    const all = new Set([own]);
    for (let i = 0, step = Math.max(1, Math.floor(list.length / 150)); i < list.length && all.size < 2; i += step) {
      const s = style(list[i]);
      if (s.visibility !== 'hidden') all.add(s.backgroundColor === 'rgba(0, 0, 0, 0)' ? own : s.backgroundColor);
    }
    return all.size > 1;
  };
  const said = (e) => dom.attr(e, 'class') + ' ' + dom.attr(e, 'id') + ' ' + dom.attr(e, 'alt') + ' ' + dom.attr(e, 'title');
  const around = (e) => { let s = said(e); for (let i = 0, p = dom.parent(e); i < 2 && p && dom.type(p) === 1; i++, p = dom.parent(p)) s += ' ' + said(p); return s; };
  // The kind of it and how likely it is a code.
  const judge = (e, tag, b) => {
    switch (tag) {
      case 'canvas': { const t = tones(e, wide(e), high(e)); return t > 0 ? ['canvas', 3] : t < 0 ? ['canvas', 1] : null; }
      case 'svg': return strokes(e) >= 40 ? ['svg', HINT.test(around(e)) ? 3 : 2] : null;
      case 'img': {
        const t = tones(e, width(e), tall(e)), hint = HINT.test(around(e) + src(e).slice(0, 500));
        if (t > 0) return ['img', 3];
        return hint && width(e) > 0 ? ['img', t < 0 ? 3 : 1] : t < 0 && LOOSE.test(around(e) + src(e).slice(0, 500)) ? ['img', 1] : null;
      }
      case 'table': {
        const r = rows(e);
        if (r.length < 17 || cells(r[8]).length < 5) return null;
        return dom.text(e, 20) === '' && colours([...tags(e, 'td')].slice(0, 4000), style(e).backgroundColor) ? ['table', 3] : null;
      }
      case 'pre': return (dom.text(e, 400).match(/[█▀▄▌▐■░▓]/g) ?? []).length >= 60 ? ['text', 2] : null;
    }
    if (tag === 'body' || tag === 'html') return null;
    const n = dom.children(e);
    if (n >= 17 || n > 0 && n <= 2 && tags(e, '*').length >= 289) {
      const list = tags(e, '*');
      if (list.length >= 100 && list.length <= 20000 && dom.text(e, 20) === '' && tags(e, 'img').length + tags(e, 'svg').length + tags(e, 'table').length === 0 && colours(list, style(e).backgroundColor)) return ['grid', 2];
    }
    if (n === 0) {
      const s = style(e);
      if (s.boxShadow.length > 3000) return ['grid', 1];
      if (/url\(/.test(s.backgroundImage) && (HINT.test(around(e)) || /^url\("?data:image/.test(s.backgroundImage) || HINT.test(s.backgroundImage.slice(0, 500))) && dom.text(e, 5) === '') return ['background', 1];
    }
    return null;
  };
  const boxes = [];
  const quiet = 10;
  for (const e of dom.all(maxElements, maxMS)) {
    if (boxes.length >= 4 * max || performance.now() > until) break;
    const b = dom.box(e);
    if (!square(b)) continue;
    const tag = dom.tag(e);
    if (boxes.some((x) => dom.contains(x.e, e))) continue;
    const kind = judge(e, tag, b);
    if (!kind || !dom.shows(e, { visibilityProperty: true, opacityProperty: true })) continue;
    const c = dom.corner(e), x = Math.max(0, b.x + c.x - quiet), y = Math.max(0, b.y + c.y - quiet);
    if (b.x + c.x + b.width < 1 || b.y + c.y + b.height < 1) continue;
    const box = { e, rank: kind[1], x, y, w: b.x + c.x + b.width + quiet - x, h: b.y + c.y + b.height + quiet - y, of: kind[0] };
    const twin = boxes.find((o) => Math.abs(o.x - x) + Math.abs(o.y - y) + Math.abs(o.w - box.w) + Math.abs(o.h - box.h) < 24);
    if (!twin) boxes.push(box);
    else if (twin.rank < box.rank) Object.assign(twin, box);
  }
  boxes.sort((a, b) => b.rank - a.rank);
  return JSON.stringify(boxes.slice(0, max).map(({ x, y, w, h, of }) => ({ x, y, w, h, of })));
})
