"use strict";
// What all charts share. They are made by Observable Plot; each draw function gets the element to fill and its place in
// the data. Colours are variables of the style sheet, so that a chart follows light and dark.

const data = JSON.parse(document.getElementById("data").textContent);

/** Rows that the filter leaves; null: all. */
let filtered = null;

const isLeft = (row) => filtered === null || filtered.has(row) || data.rows[row].reference || data.rows[row].baseline;
const nameOf = (row) => data.rows[row].name;

const tones = { faster: "var(--good)", smaller: "var(--good)", slower: "var(--bad)", larger: "var(--bad)" };
const toneOf = (verdict) => tones[verdict] || "var(--neutral)";

/** Distinguishable by colour-blind readers, and on black as on white (Okabe and Ito, 2008). */
const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#8c8c8c"];

/** The same phase has the same colour everywhere. In the order of a build, then of a run. */
const phaseColors = new Map([
  ["frontend", "#0072b2"], ["mir", "#56b4e9"], ["codegen", "#e69f00"], ["lto", "#d55e00"], ["incremental", "#b8a800"],
  ["rustc: other", "#8c8c8c"], ["compile", "#0072b2"], ["c compile", "#cc79a7"], ["c compile and link", "#cc79a7"], ["link", "#009e73"],
  ["build scripts", "#cc79a7"], ["queries", "#7b6bb8"], ["other tools", "#8c8c8c"], ["own", "#e69f00"], ["waiting", "#b9bec6"],
  ["startup", "#0072b2"], ["init", "#56b4e9"], ["compute", "#e69f00"], ["shutdown", "#009e73"],
]);
function colorOf(phase) {
  if (!phaseColors.has(phase)) phaseColors.set(phase, palette[phaseColors.size % palette.length]);
  return phaseColors.get(phase);
}

/** Black or white, whichever has more contrast on this colour (WCAG's relative luminance). */
function textOn(color) {
  const { r, g, b } = d3.rgb(color);
  const [red, green, blue] = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

const formatPercent = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(Math.abs(value) < 1 ? 2 : Math.abs(value) < 100 ? 1 : 0)} %`;

/** The unit in which the largest of these seconds is read, and its factor. */
function timeUnit(largest) {
  for (const [unit, factor] of [["s", 1], ["ms", 1e3], ["µs", 1e6]]) if (largest * factor >= 1) return [unit, factor];
  return ["ns", 1e9];
}

function formatTime(seconds) {
  const [unit, factor] = timeUnit(seconds);
  return `${(seconds * factor).toPrecision(4)} ${unit}`;
}

function formatBytes(bytes) {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]])
    if (bytes >= size) return `${(bytes / size).toPrecision(3)} ${unit}`;
  return `${bytes} B`;
}

/** The margin that names need. Long ones are above their row where the window is narrow, beside the figures. */
function nameMargin(names, width) {
  const needed = Math.max(4, ...names.map((name) => name.length)) * 7 + 16;
  const most = Math.max(90, width * 0.34);
  const above = needed > most && width < 520;
  const margin = above ? 8 : Math.min(needed, most);
  const letters = Math.floor((above ? width - 90 : margin - 16) / 7);
  const labels = distinctLabels(names, letters);
  return { margin, above, clip: (name) => labels.get(name) };
}

/** What is written for each name: different names never look the same. */
function distinctLabels(names, most) {
  const labels = new Map(names.map((name) => [name, clipped(name, most)]));
  for (const same of alike(labels)) {
    const from = Math.max(0, commonLength(same) - 2);
    for (const name of same) labels.set(name, `…${name.length - from < most ? name.slice(from) : `${name.slice(from, from + most - 2)}…`}`);
  }
  for (const same of alike(labels)) for (const name of same) labels.set(name, `${names.indexOf(name) + 1}: ${clipped(name, most - 4)}`);
  return labels;
}

/** The names that share a label, as lists. */
function alike(labels) {
  return [...d3.group(labels.keys(), (name) => labels.get(name)).values()].filter((same) => same.length > 1);
}

/** How many letters the names begin with in common. */
function commonLength(names) {
  let length = 0;
  while (names.every((name) => length < name.length && name[length] === names[0][length])) ++length;
  return length;
}

/** Names of a matrix differ at their ends: what is cut is the middle. */
function clipped(name, most) {
  if (name.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${name.slice(0, most - 1 - end)}…${name.slice(name.length - end)}`;
}

const widthOf = (element) => Math.max(280, Math.floor(element.clientWidth));

/** Puts a chart into the element, as one picture with a name. */
function show(element, chart, label = element.dataset.label) {
  const svg = chart.matches("svg") ? chart : chart.querySelector(":scope > svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${label}. The table below has the same figures.`);
  element.append(chart);
}

/** The first `few` items, with a button for the rest. */
function firstOf(items, few, element, redraw) {
  if (items.length <= few) return items;
  const all = element.dataset.all === "yes";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "more";
  button.textContent = all ? `Show the first ${few}` : `Show all ${items.length}`;
  button.addEventListener("click", () => {
    element.dataset.all = all ? "no" : "yes";
    redraw();
    element.querySelector(".more")?.focus();
  });
  element.append(button);
  return all ? items : items.slice(0, few);
}

/** Where nothing is left to draw: because of the filter, or because there was nothing. */
function sayNothing(element, text) {
  say(element, filtered === null ? text : "Nothing here passes the filter.");
}

function say(element, text) {
  const line = document.createElement("p");
  line.className = "quiet";
  line.textContent = text;
  element.append(line);
}

/** Buttons of which one is pressed; what is chosen is kept in the element's data. */
function choiceBar(element, label, pairs, chosen, key, redraw) {
  const bar = document.createElement("div");
  bar.className = "controls";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", label);
  for (const [value, text] of pairs) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, value });
    button.setAttribute("aria-pressed", String(value === chosen));
    button.addEventListener("click", () => {
      element.dataset[key] = value;
      redraw();
      element.querySelector(`[aria-label="${label}"] [value="${value}"]`)?.focus();
    });
    bar.append(button);
  }
  element.append(bar);
}

/** A select above the chart; what is chosen is kept in the element's data. */
function selectBar(element, text, pairs, key, redraw) {
  const chosen = element.dataset[key] ?? pairs[0][0];
  const { label, control } = labelled(text, choice(`${element.dataset.chart}-${key}`, pairs));
  control.value = chosen;
  control.addEventListener("change", () => {
    element.dataset[key] = control.value;
    redraw();
    document.getElementById(control.id)?.focus();
  });
  const bar = document.createElement("div");
  bar.className = "controls";
  bar.append(label);
  element.append(bar);
  return chosen;
}
