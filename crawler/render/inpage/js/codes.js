// Where on the page a QR code may stand that is no file of the site: drawn, or put together from elements.
((max, maxElements) => {
  const boxes = [];
  let count = 0;
  const square = (r) => r.width >= 60 && r.height >= 60 && r.width <= 1200 && r.height <= 1200 && r.width / r.height > 0.7 && r.width / r.height < 1.43;
  const strokes = (svg) => {
    let n = svg.querySelectorAll('*').length;
    for (const p of svg.querySelectorAll('path')) n += (p.getAttribute('d') || '').length / 12;
    return n;
  };
  const kindOf = (e, r) => {
    switch (e.localName) {
      case 'canvas': return 'canvas';
      case 'svg': return strokes(e) >= 40 ? 'svg' : '';
      case 'img': return /^(data:|blob:)/i.test(e.currentSrc || e.src) || /qr|barcode|wallet|address|deposit/i.test((e.src || '') + e.className + e.id + (e.alt || '')) ? 'img' : '';
      case 'table': return e.rows.length >= 17 && e.rows[0] && e.rows[0].cells.length >= 17 && e.innerText.trim() === '' ? 'table' : '';
    }
    if (e.childElementCount >= 17 && e.textContent.trim() === '' && e.getElementsByTagName('*').length >= 200) return 'grid';
    if (/qr|code/i.test(String(e.className) + e.id) && e.childElementCount === 0) {
      const image = getComputedStyle(e).backgroundImage;
      if (image && image.startsWith('url(')) return 'background';
    }
    return '';
  };
  const look = (root, dx, dy, depth) => {
    for (const e of root.querySelectorAll('*')) {
      if (++count > maxElements || boxes.length >= max) return;
      if (e.shadowRoot && depth < 8) look(e.shadowRoot, dx, dy, depth + 1);
      if (e.localName === 'iframe' && depth < 3) {
        try {
          if (e.contentDocument) { const f = e.getBoundingClientRect(); look(e.contentDocument, dx + f.x + e.clientLeft, dy + f.y + e.clientTop, depth + 1); }
        } catch { /* another origin */ }
        continue;
      }
      if (e.ownerSVGElement || boxes.some((b) => b.e.contains(e))) continue;
      const r = e.getBoundingClientRect();
      if (!square(r)) continue;
      const of = kindOf(e, r);
      if (!of || e.checkVisibility && !e.checkVisibility({ visibilityProperty: true })) continue;
      boxes.push({ e, of, r: { x: r.x + dx + scrollX, y: r.y + dy + scrollY, w: r.width, h: r.height } });
    }
  };
  look(document, 0, 0, 0);
  const quiet = 10;
  return JSON.stringify(boxes.map((b) => {
    const x = Math.max(0, b.r.x - quiet), y = Math.max(0, b.r.y - quiet);
    return { x, y, w: b.r.x + b.r.w + quiet - x, h: b.r.y + b.r.h + quiet - y, of: b.of };
  }));
})
