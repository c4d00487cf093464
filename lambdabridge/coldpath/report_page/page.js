// The flame graph of imports. Boxes are made from the JSON in #imports-data, as text and never as HTML; what is narrower than a
// pixel or so has none, and is in the table of all modules. Keys: the arrows go through the tree, Enter zooms, Escape zooms out.
(() => {
  "use strict";
  const source = document.getElementById("imports-data");
  if (!source) return;
  const [PARENT, NAME, SELF, CUMULATIVE, COMPILE, CODE, KIND, IMPORTER, LINE, DISTRIBUTION, FILE, PHASE] = Array(12).keys();
  const ROW = 22;
  const CODES = {
    missing: "Compiled from source, because there was no bytecode",
    stale: "Compiled from source, because its bytecode was stale",
    bytecode: "Loaded from bytecode",
    extension: "Compiled code (C)",
    "built in": "Part of the interpreter",
    namespace: "A namespace package, without code",
    there: "Loaded with its package, below",
    "not found": "Not found, or failed",
  };
  const nodes = JSON.parse(source.textContent).map((row, number) => ({ row, number, children: [], depth: 0, x: 0, parent: null }));
  for (const node of nodes) {
    if (node.row[PARENT] < 0) continue;
    node.parent = nodes[node.row[PARENT]];
    const before = node.parent.children.at(-1);
    node.x = before ? before.x + before.row[CUMULATIVE] : node.parent.x;
    node.depth = node.parent.depth + 1;
    node.parent.children.push(node);
  }
  const byId = (id) => document.getElementById(id);
  const [flame, detail, out, search, found] = ["flame", "flame-detail", "flame-out", "flame-search", "flame-found"].map(byId);
  const elements = new Map();
  let zoomed = nodes[0];
  let current = nodes[0];
  let wanted = "";
  byId("flame-section").hidden = false;

  const ms = (us) => (us >= 999500 ? `${(us / 1e6).toFixed(2)} s` : us >= 9950 ? `${Math.round(us / 1000)} ms` : `${(us / 1000).toFixed(1)} ms`);
  const part = (us) => `${(100 * us / (nodes[0].row[CUMULATIVE] || 1)).toFixed(1)} %`;
  const isModule = (node) => node.row[KIND] !== "phase";
  const path = (node) => (node.parent && isModule(node.parent) ? [...path(node.parent), node.parent.row[NAME]] : []);
  const matches = (node) => wanted !== "" && isModule(node) && node.row[NAME].toLowerCase().includes(wanted);

  function line(...words) {
    const paragraph = document.createElement("p");
    paragraph.append(...words);
    return paragraph;
  }

  function tell(node) {
    const row = node.row;
    const name = document.createElement("b");
    name.textContent = row[NAME];
    const lines = [line(name, ` ${ms(row[CUMULATIVE])}, ${part(row[CUMULATIVE])} of all imports`)];
    if (isModule(node)) {
      lines[0].append(node.children.length ? `; ${ms(row[SELF])} by itself, the rest in what it imports` : ", all by itself");
      const compiled = row[COMPILE] ? ` (${ms(row[COMPILE])})` : "";
      const how = CODES[row[CODE]];
      const owner = row[DISTRIBUTION] || row[KIND];
      lines.push(line([how && how + compiled, owner, row[FILE]].filter(Boolean).join(" · ")));
      const chain = [...path(node), row[NAME]].join(" › ");
      lines.push(line(row[IMPORTER] ? `Asked for by ${row[IMPORTER]}, line ${row[LINE]}: ${chain}` : chain));
    } else {
      lines.push(line(row[FILE]));
    }
    detail.replaceChildren(...lines);
  }

  // What fits: name and time, the name, or its last part, which is what tells it from its neighbours.
  function shown(name, time, letters) {
    if (name.length + time.length + 2 <= letters) return `${name}  ${time}`;
    if (name.length <= letters || !name.includes(".")) return name;
    const last = name.slice(name.lastIndexOf(".") + 1);
    return last.length < letters ? `…${last}` : last;
  }

  function box(node, left, width, pixels) {
    const element = document.createElement("div");
    const row = node.row;
    element.setAttribute("role", "treeitem");
    element.setAttribute("aria-level", String(node.depth + 1));
    if (node.children.length) element.setAttribute("aria-expanded", "true");
    const compiled = row[COMPILE] || row[CODE] === "missing" || row[CODE] === "stale";
    const own = isModule(node) ? `, by itself ${ms(row[SELF])}, ${row[DISTRIBUTION] || row[KIND]}` : "";
    const label = `${row[NAME]}: ${ms(row[CUMULATIVE])}${own}`;
    element.setAttribute("aria-label", compiled ? `${label}, compiled from source` : label);
    element.className = `k-${row[KIND].replace(" ", "-")}`;
    element.classList.toggle("from-source", Boolean(compiled));
    element.classList.toggle("thin", pixels < 28);
    element.classList.toggle("above", node.depth < zoomed.depth);
    element.classList.toggle("found", matches(node));
    element.style.left = `${left}%`;
    element.style.width = `${width}%`;
    element.style.top = `${node.depth * ROW}px`;
    element.tabIndex = node === current ? 0 : -1;
    if (pixels >= 28) element.textContent = shown(row[NAME], ms(row[CUMULATIVE]), (pixels - 8) / 7);
    element.node = node;
    elements.set(node, element);
    return element;
  }

  function draw() {
    const total = zoomed.row[CUMULATIVE] || 1;
    const pixels = flame.clientWidth || 900;
    const boxes = [];
    elements.clear();
    for (let above = zoomed.parent; above; above = above.parent) boxes.unshift(box(above, 0, 100, pixels));
    const waiting = [zoomed];
    let deepest = 0;
    while (waiting.length) {
      const node = waiting.pop();
      const width = node === zoomed ? 100 : (100 * node.row[CUMULATIVE]) / total;
      if (node !== zoomed && (width * pixels) / 100 < 1.2) continue;
      boxes.push(box(node, (100 * (node.x - zoomed.x)) / total, width, (width * pixels) / 100));
      deepest = Math.max(deepest, node.depth);
      waiting.push(...[...node.children].reverse());
    }
    flame.style.height = `${(deepest + 1) * ROW}px`;
    if (!elements.has(current)) go(zoomed, false);
    flame.replaceChildren(...boxes);
    out.disabled = zoomed === nodes[0];
  }

  function go(node, focus = true) {
    const before = elements.get(current);
    if (before) before.tabIndex = -1;
    current = node;
    const element = elements.get(node);
    if (element) {
      element.tabIndex = 0;
      if (focus) element.focus();
    }
    tell(node);
  }

  function zoom(node) {
    zoomed = node === zoomed && node.parent ? node.parent : node;
    current = node;
    draw();
    go(node);
  }

  function beside(node, step) {
    const siblings = node.parent ? node.parent.children.filter((one) => elements.has(one)) : [node];
    return siblings[siblings.indexOf(node) + step];
  }

  const KEYS = {
    ArrowUp: (node) => node.parent,
    ArrowDown: (node) => node.children.find((child) => elements.has(child)),
    ArrowLeft: (node) => beside(node, -1),
    ArrowRight: (node) => beside(node, 1),
    Home: () => nodes[0],
  };
  flame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") zoom(current);
    else if (event.key === "Escape") zoom(nodes[0]);
    else if (KEYS[event.key]) {
      const next = KEYS[event.key](current);
      if (next) go(next);
    } else return;
    event.preventDefault();
  });
  const nodeOf = (event) => event.target.node;
  flame.addEventListener("click", (event) => nodeOf(event) && zoom(nodeOf(event)));
  flame.addEventListener("pointerover", (event) => nodeOf(event) && tell(nodeOf(event)));
  flame.addEventListener("pointerleave", () => tell(current));
  flame.addEventListener("focusin", (event) => nodeOf(event) && nodeOf(event) !== current && go(nodeOf(event), false));
  out.addEventListener("click", () => zoom(nodes[0]));
  search.addEventListener("input", () => {
    wanted = search.value.trim().toLowerCase();
    for (const [node, element] of elements) element.classList.toggle("found", matches(node));
    const all = nodes.filter(matches);
    const inside = (node) => node.parent !== null && (matches(node.parent) || inside(node.parent));
    const sum = all.filter((node) => !inside(node)).reduce((us, node) => us + node.row[CUMULATIVE], 0);
    found.textContent = wanted === "" ? "" : `${all.length} ${all.length === 1 ? "module" : "modules"}, ${ms(sum)} with what they import (${part(sum)})`;
  });
  let width = 0;
  new ResizeObserver(() => {
    if (flame.clientWidth !== width) {
      width = flame.clientWidth;
      draw();
    }
  }).observe(flame);
  draw();
  const heaviest = nodes[0].children.reduce((most, node) => (most && most.row[CUMULATIVE] >= node.row[CUMULATIVE] ? most : node), null);
  tell(heaviest || nodes[0]);
})();
