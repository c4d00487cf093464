// The list is asked for each second while the page is looked at; an ETag says whether something is new.
// Everything that a client or an application sent becomes a text node: nothing here makes HTML of text.
"use strict";

const API = "api/requests";
const WIDE = matchMedia("(min-width: 900px)");
const HARMLESS = ["GET", "HEAD", "OPTIONS"];
const OPEN_DEPTH = 2;
const LONG = 240;
const $ = (id) => document.getElementById(id);

let requests = [];
let tag = "";
let served = ""; // what stands on the command line
let shown = ""; // which version of which request stands in #detail

// --- small helpers

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function bytes(count) {
  if (count < 1024) return count === 1 ? "1 byte" : `${count} bytes`;
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}

const milliseconds = (value) => (value === null ? "..." : `${value} ms`);

/** The time of day here, "14:03:07.123". */
function clock(received, digits) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return new Date(received).toLocaleTimeString("en-GB", digits ? { ...options, fractionalSecondDigits: digits } : options);
}

const statusClass = (entry) => `status s${entry.status ? Math.floor(entry.status / 100) : 0}`;
const say = (text) => { if ($("state").textContent !== text) $("state").textContent = text; };

async function ask(path, options = {}) {
  const response = await fetch(path, { cache: "no-store", credentials: "omit", ...options });
  if (response.ok || response.status === 304) return response;
  const answer = await response.json().catch(() => ({}));
  throw new Error(answer.error || `The inspector answered ${response.status}.`);
}

// --- the list

async function poll() {
  try {
    const response = await ask(API, { headers: tag ? { "If-None-Match": tag } : {} });
    if (response.status !== 304) {
      tag = response.headers.get("ETag");
      const answer = await response.json();
      requests = answer.requests;
      served = answer.function;
      $("served").textContent = [answer.function, answer.kind].filter(Boolean).join(" - ");
      showList();
    }
    say("");
    await showDetail();
  } catch (error) {
    say(error instanceof TypeError ? "The gateway does not answer. Trying again ..." : error.message);
  }
}

async function forever() {
  if (!document.hidden) await poll();
  setTimeout(forever, 1000);
}

function rowOf(entry) {
  const status = entry.status === null ? "..." : String(entry.status);
  return make("a", { href: `#${entry.id}` },
    make("span", { className: "method", textContent: entry.method }),
    make("span", { className: "target", textContent: entry.target, title: entry.target }),
    make("span", { className: statusClass(entry), textContent: status }),
    make("span", { className: "small" },
      make("span", { textContent: milliseconds(entry.milliseconds) }),
      make("span", { textContent: clock(entry.received, 0) }),
      entry.replay_of ? make("span", { textContent: `again: no. ${entry.replay_of}` }) : null),
    entry.reason ? make("span", { className: "mark", textContent: entry.reason }) : null);
}

function showList() {
  const old = new Map([...$("requests").children].map((item) => [item.dataset.key, item]));
  const wanted = requests.filter(matchesFilter).map((entry) => {
    const key = JSON.stringify(entry);
    if (old.has(key)) return old.get(key); // so that the focus stays where it is
    const item = make("li", {}, rowOf(entry));
    item.dataset.key = key;
    item.dataset.id = entry.id;
    return item;
  });
  const focused = document.activeElement?.closest?.("#requests li")?.dataset.id;
  const list = $("requests");
  for (const item of old.values()) if (!wanted.includes(item)) item.remove();
  wanted.forEach((item, index) => { if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null); });
  if (focused && !document.activeElement?.closest("#requests")) list.querySelector(`li[data-id="${focused}"] a`)?.focus();
  $("none").hidden = wanted.length > 0;
  $("none").textContent = requests.length ? "No request has this in it." : `No requests yet. Send one to ${location.origin}/`;
  markCurrent();
}

function matchesFilter(entry) {
  const text = `${entry.method} ${entry.target} ${entry.status} ${entry.reason}`.toLowerCase();
  return $("filter").value.toLowerCase().split(" ").every((word) => text.includes(word));
}

function markCurrent() {
  const id = chosen();
  for (const link of document.querySelectorAll("#requests a")) {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** The request of the address, or the newest one where there is room for both. */
function chosen() {
  const id = Number(location.hash.slice(1));
  return id || (WIDE.matches && requests.length ? requests[0].id : 0);
}

// --- one request

async function showDetail() {
  const id = chosen();
  document.body.classList.toggle("chosen", Number(location.hash.slice(1)) > 0);
  const entry = requests.find((request) => request.id === id);
  if (!entry) {
    if (!id || !shown.startsWith(`${id} `)) {
      shown = "";
      $("detail").replaceChildren(...(id ? [back(), hint(`Request ${id} is not kept any more.`)] : []));
    }
    return;
  }
  const version = `${id} ${JSON.stringify(entry)}`;
  if (version === shown && entry.status !== null) return;
  const moved = !shown.startsWith(`${id} `);
  const answer = await (await ask(`${API}/${id}`)).json();
  if (chosen() !== id) return;
  shown = version;
  $("detail").replaceChildren(...partsOf(answer));
  if (moved) $("detail").scrollTop = 0;
}

const hint = (text) => make("p", { className: "hint", textContent: text });
const back = () => make("a", { className: "back", href: "#", textContent: "\u2190 All requests" });

function partsOf(one) {
  return [
    back(),
    make("h2", { tabIndex: -1 }, make("span", { className: statusClass(one), textContent: one.status ?? "..." }), " ",
      make("span", { className: "clamped", textContent: `${one.method} ${one.target}` })),
    one.reason ? make("p", { className: "mark", textContent: one.reason }) : "",
    actionsOf(one),
    ...timingsOf(one),
    make("div", { className: "panels" },
      panel("HTTP request", saveLink(one, "request"), ...messageOf(one, "request", `${one.method} ${one.target}`)),
      panel("Event", null, ...(one.event.value ? treeOf(one.event) : [note("None: the gateway answered by itself.")])),
      panel("Proxy response", null, ...resultOf(one)),
      panel("HTTP response", saveLink(one, "response"), ...(one.status ? messageOf(one, "response", String(one.status)) : [note("Not yet.")]))),
    logsOf(one),
  ].filter((part) => part !== "");
}

function actionsOf(one) {
  const again = make("button", { type: "button", textContent: "Replay" });
  again.addEventListener("click", () => replay(again, one));
  const copy = make("button", { type: "button", textContent: "Copy as curl" });
  copy.addEventListener("click", () => copyCommand(copy, one));
  const save = one.event.value
    ? make("a", { className: "button", href: `${API}/${one.id}/event`, download: `event-${one.id}.json`, textContent: "Save as event file" }) : null;
  return make("div", { className: "actions" }, again, copy, save);
}

function timingsOf(one) {
  const { began, ended, answered } = one.timings;
  const fact = (name, value) => (value ? make("span", {}, `${name} `, make("b", { textContent: value })) : null);
  const facts = make("p", { className: "facts" },
    fact("no.", String(one.id)),
    fact("received", clock(one.received, 3)),
    fact("from", one.client),
    fact("in all", milliseconds(answered)),
    fact("function took", one.timings.function === null ? "" : `${one.timings.function} ms`),
    began === null ? null : fact("began after", `${began} ms`),
    fact("route", one.route),
    one.function !== served ? fact("function", one.function) : null,
    one.replay_of ? fact("again: no.", String(one.replay_of)) : null);
  if (answered === null || ended === null) return [facts];
  const part = (name, width) => { const span = make("span", { className: name, title: `${name}: ${width.toFixed(1)} ms` }); span.style.flexGrow = width * 1000; return span; };
  const bar = make("div", { className: "bar" }, part("before", began), part("function", ended - began), part("after", Math.max(answered - ended, 0)));
  bar.setAttribute("aria-hidden", "true");
  return [facts, bar];
}

function panel(title, link, ...content) {
  const name = `panel-${title.toLowerCase().replace(" ", "-")}`;
  const scroll = make("div", { className: "scroll", tabIndex: 0 }, ...content);
  const section = make("section", { id: name }, make("h3", {}, make("span", { id: `${name}-title`, textContent: title }), link), scroll);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-labelledby", `${name}-title`);
  return section;
}

const note = (text) => make("p", { className: "note", textContent: text });

function saveLink(one, side) {
  if (!one[side].body.size) return null;
  return make("a", { href: `${API}/${one.id}/${side}-body`, download: `${side}-${one.id}.bin`, textContent: `save body (${bytes(one[side].body.size)})` });
}

function messageOf(one, side, first) {
  const { headers, body } = one[side];
  const list = make("dl", { className: "headers" });
  for (const [name, value] of headers) list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  return [make("p", { className: "first", textContent: first }), list, bodyOf(one, side, body)];
}

function bodyOf(one, side, body) {
  const box = make("div", { className: "body" });
  if (body.encoding) box.append(note(`Decompressed (${body.encoding}); ${bytes(body.size)} were sent.`));
  if (body.kind === "empty") box.append(note("No body."));
  if (body.kind === "text") {
    box.append(...textOf(body));
    if (body.cut) box.append(note(body.encoding ? "The first 64 KB." : `The first 64 KB of ${bytes(body.size)}.`));
  }
  if (body.kind === "image") box.append(make("img", { className: "preview", src: `${API}/${one.id}/${side}-body`, alt: `The ${side}'s image` }));
  if (body.hexdump) {
    box.append(note(`Binary, ${bytes(body.size)}${body.cut ? "; the first 4 KB" : ""}`), make("pre", { className: "dump", textContent: body.hexdump }));
  }
  return box;
}

function textOf(body) {
  if (!body.cut && /^\s*[[{]/.test(body.text)) {
    try { return [make("div", { className: "json" }, node(JSON.parse(body.text), 0))]; } catch { /* it only looks like JSON */ }
  }
  return [make("pre", { textContent: body.text })];
}

function resultOf(one) {
  if (one.error) return [note("None. The reason:"), make("pre", { textContent: one.error })];
  if (one.timings.ended === null) return [note(one.event.value && one.status === null ? "Not yet." : "None: the function was not invoked.")];
  return treeOf(one.result);
}

function logsOf(one) {
  const log = make("div", { className: "log" });
  for (const line of one.logs) {
    log.append(make("span", { className: "when", textContent: `${line.milliseconds} ms` }),
      make("pre", { className: line.stream, textContent: line.text.replace(/\n$/, "") }));
  }
  const cut = one.logs_cut ? note("Cut: it wrote more than 64 KB.") : null;
  const content = one.logs.length ? [log, cut] : [note("The function wrote nothing to standard output or standard error.")];
  return make("div", { className: "panels logs" }, panel("Log", null, ...content));
}

// --- JSON as a tree

function treeOf({ value, cut }) {
  return [make("div", { className: "json" }, node(value, 0)), cut ? note("Shortened here; the saved file is whole.") : null];
}

function node(value, depth) {
  if (value === null || typeof value !== "object") return leaf(value);
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const [open, close] = isList ? "[]" : "{}";
  if (!members.length) return make("span", { textContent: open + close });
  const list = make("ul");
  for (const [name, member] of members) {
    const label = isList ? "" : make("span", { className: "key", textContent: JSON.stringify(name) });
    list.append(make("li", {}, ...labelled(label, member, depth + 1)));
  }
  return list;
}

/** A member: its name and value, or its name as what opens and closes the members below. */
function labelled(label, member, depth) {
  const colon = label ? ": " : "";
  if (member === null || typeof member !== "object" || !Object.keys(member).length) return [label, colon, node(member, depth)];
  const count = Array.isArray(member) ? `[${member.length}]` : `{${Object.keys(member).length}}`;
  const summary = make("summary", {}, label, colon, make("span", { className: "count", textContent: count }));
  return [make("details", { open: depth <= OPEN_DEPTH }, summary, node(member, depth))];
}

function leaf(value) {
  if (typeof value !== "string") return make("span", { className: value === null || typeof value === "boolean" ? "literal" : "number", textContent: String(value) });
  const text = JSON.stringify(value);
  if (text.length <= LONG * 1.5) return make("span", { className: "string", textContent: text });
  const span = make("span", { className: "string", textContent: `${text.slice(0, LONG)}...` });
  const more = make("button", { type: "button", textContent: `${text.length - LONG} more` });
  more.addEventListener("click", () => { span.textContent = text; more.remove(); });
  return make("span", {}, span, more);
}

// --- what the buttons do

async function replay(button, one) {
  if (!HARMLESS.includes(one.method) && !button.classList.contains("armed")) {
    button.classList.add("armed");
    button.textContent = `Send this ${one.method} again?`;
    setTimeout(() => { button.classList.remove("armed"); button.textContent = "Replay"; }, 4000);
    return;
  }
  button.disabled = true;
  try {
    const answer = await (await ask(`${API}/${one.id}/replay`, { method: "POST" })).json();
    await poll();
    location.hash = `#${answer.id}`;
  } catch (error) {
    say(error.message);
  }
  button.disabled = false;
}

async function copyCommand(button, one) {
  try {
    const text = (await (await ask(`${API}/${one.id}/curl`)).text()).trimEnd();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy as curl"; }, 1500);
    } catch { // no permission, or neither localhost nor TLS: then it can be copied by hand
      $("command")?.remove();
      const area = make("textarea", { id: "command", readOnly: true, value: text });
      area.setAttribute("aria-label", "The request as a curl command");
      button.parentElement.after(area);
      area.select();
    }
  } catch (error) {
    say(error.message);
  }
}

$("clear").addEventListener("click", async () => {
  try {
    await ask(API, { method: "DELETE" });
    location.hash = "";
    await poll();
  } catch (error) {
    say(error.message);
  }
});
$("filter").addEventListener("input", showList);
$("requests").addEventListener("keydown", (event) => {
  const links = [...document.querySelectorAll("#requests a")];
  const place = links.indexOf(document.activeElement);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: links.length - 1 }[event.key];
  if (next === undefined || !links[next]) return;
  event.preventDefault();
  links[next].focus();
});
addEventListener("hashchange", async () => {
  markCurrent();
  await showDetail().catch((error) => say(error.message));
  if (!WIDE.matches && location.hash.length > 1) { scrollTo(0, 0); document.querySelector("#detail h2")?.focus(); }
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
forever();
