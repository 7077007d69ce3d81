"use strict";
// The charts, by Observable Plot. Each draw function gets the element to fill and its place in the data; colours are
// variables of the style sheet, so that a chart follows light and dark.

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

/** The margin that names need, and how to cut those that are longer. */
function nameMargin(names, width) {
  const longest = Math.max(4, ...names.map((name) => name.length));
  const margin = Math.min(longest * 7 + 16, Math.max(90, width * 0.34));
  const most = Math.floor((margin - 16) / 7);
  return { margin, clip: (name) => (name.length > most ? `${name.slice(0, Math.max(1, most - 1))}…` : name) };
}

const widthOf = (element) => Math.max(280, Math.floor(element.clientWidth));

/** Puts a chart into the element, as one picture with a name. */
function show(element, chart) {
  const svg = chart.matches("svg") ? chart : chart.querySelector(":scope > svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${element.dataset.label}. The table below has the same figures.`);
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

function say(element, text) {
  const line = document.createElement("p");
  line.className = "quiet";
  line.textContent = text;
  element.append(line);
}

// ---- intervals

/** Slower than this is far off: that it is matters, not by how much. */
const farOff = 50;

/** Where the axis ends: programs many times slower must not hide the differences between the others. */
function effectDomain(effects, precision) {
  const near = effects.filter(({ effect }) => effect <= farOff);
  const shown = near.length > 0 ? near : effects;
  const ends = shown.flatMap(({ effect, lo, hi }) => [effect, lo ?? effect, hi ?? effect]);
  const most = near.length > 0 ? 2 * farOff : Infinity;
  const from = Math.max(-100, Math.min(...ends, -2 * precision));
  const to = Math.min(most, Math.max(...ends, 2 * precision));
  const room = (to - from) * 0.04;
  return [from - room, to + room];
}

function drawIntervals(element, index) {
  const workload = data.workloads[index];
  const redraw = () => redrawChart(element);
  const metric = metricChoice(element, workload, redraw);
  const all = workload[metric]
    .map(([row, effect, lo, hi, verdict]) => ({ row, effect, lo, hi, verdict }))
    .filter(({ row }) => isLeft(row))
    .sort((a, b) => a.effect - b.effect);
  if (all.length === 0) return say(element, "Nothing was compared with the baseline.");
  const effects = firstOf(all, 15, element, redraw);
  const width = widthOf(element);
  const { margin, clip } = nameMargin(effects.map(({ row }) => nameOf(row)), width);
  const [from, to] = effectDomain(effects, data.precision);
  const within = (value) => Math.min(to, Math.max(from, value));
  const narrow = width < 480;
  show(element, Plot.plot({
    width, height: effects.length * 24 + 62, marginLeft: margin, marginRight: narrow ? 62 : 112, marginTop: 12, marginBottom: 40,
    x: { domain: [from, to], label: metric === "cpu" ? "CPU time against the baseline (%)" : "run time against the baseline (%)",
         labelAnchor: "center", labelArrow: "none", ticks: narrow ? 4 : 8 },
    y: { type: "point", domain: effects.map(({ row }) => row), tickFormat: (row) => clip(nameOf(row)), tickSize: 0, label: null },
    marks: [
      Plot.rect([0], { x1: -data.precision, x2: data.precision, fill: "var(--band)" }),
      Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: narrow ? 4 : 8 }),
      Plot.ruleX([0], { stroke: "var(--text)" }),
      Plot.ruleY(effects, { y: "row", x1: (d) => within(d.lo ?? from), x2: (d) => within(d.hi ?? to), stroke: (d) => toneOf(d.verdict), strokeWidth: 2.5 }),
      openEnds(effects.filter(({ lo, effect }) => lo === null || lo < from || effect < from), from, "◀", "start"),
      openEnds(effects.filter(({ hi, effect }) => hi === null || hi > to || effect > to), to, "▶", "end"),
      Plot.dot(effects.filter(({ effect }) => effect >= from && effect <= to), { y: "row", x: "effect", fill: (d) => toneOf(d.verdict), r: 4.5, stroke: "var(--page)" }),
      Plot.text(effects, { y: "row", frameAnchor: "right", textAnchor: "start", dx: 8, fontVariant: "tabular-nums",
                           fill: (d) => toneOf(d.verdict), text: (d) => (narrow ? formatPercent(d.effect) : verdictText(d)) }),
    ],
  }));
}

const openEnds = (effects, x, sign, textAnchor) =>
  Plot.text(effects, { y: "row", x: () => x, text: () => sign, textAnchor, fontSize: 11, fill: (d) => toneOf(d.verdict) });

const verdictText = ({ effect, verdict }) =>
  tones[verdict] ? `${formatPercent(Math.abs(effect)).slice(1)} ${verdict}` : `${verdict}`;

/** Run time or CPU time, where both were compared. */
function metricChoice(element, workload, redraw) {
  if (!workload.cpu || workload.cpu.length === 0) return "effects";
  if (workload.effects.length === 0) return "cpu";
  const metric = element.dataset.metric || "effects";
  choiceBar(element, "Compare", [["effects", "run time"], ["cpu", "CPU time"]], metric, "metric", redraw);
  return metric;
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

// ---- samples

function drawSamples(element, index) {
  const all = data.workloads[index].samples.filter(({ row }) => isLeft(row));
  if (all.length === 0) return say(element, "No samples of these variants are in this page.");
  const series = firstOf(baselineFirst(all), 6, element, () => redrawChart(element));
  const points = series.flatMap(({ row, times, rounds = d3.range(1, times.length + 1), censored = [] }) => {
    const stopped = new Set(censored);
    return times.map((seconds, i) => ({ row, seconds, round: rounds[i], stopped: stopped.has(rounds[i]) }));
  });
  const medians = series.map(({ row, times }) => ({ row, median: d3.median(times) }));
  const width = widthOf(element);
  const { margin, clip } = nameMargin(series.map(({ row }) => nameOf(row)), width);
  const [unit, factor] = timeUnit(d3.max(points, ({ seconds }) => seconds));
  const shared = { x: "round", y: ({ seconds }) => seconds * factor, fy: "row" };
  const ran = points.filter(({ stopped }) => !stopped);
  const cut = points.filter(({ stopped }) => stopped);
  const chart = Plot.plot({
    width, height: series.length * 64 + 50, marginLeft: margin, marginRight: 58, marginTop: 8, marginBottom: 40,
    x: { label: "round", labelAnchor: "center", labelArrow: "none", tickFormat: "d", domain: d3.extent(points, ({ round }) => round) },
    y: { axis: "right", label: null, ticks: 3, tickFormat: (value) => `${value} ${unit}`, domain: sampleDomain(points, factor), clamp: false },
    fy: { axis: "left", label: null, domain: series.map(({ row }) => row), tickFormat: (row) => clip(nameOf(row)), padding: 0.14 },
    marks: [
      Plot.frame({ stroke: "var(--rule)" }),
      Plot.ruleY(medians, { y: ({ median }) => median * factor, fy: "row", stroke: "var(--accent)", strokeOpacity: 0.8 }),
      Plot.dot(ran, { ...shared, r: 2.2, fill: "var(--accent)", fillOpacity: 0.6 }),
      Plot.dot(cut, { ...shared, r: 3, symbol: "times", stroke: "var(--bad)", strokeWidth: 1.5 }),
    ],
  });
  const groups = chart.querySelectorAll('[aria-label="dot"]');
  [ran, cut].filter((list) => list.length > 0).forEach((list, i) => tell(groups[i], list));
  show(element, chart);
}

/** What each point is, for who points at it, and for who checks it. */
function tell(group, points) {
  d3.select(group).selectAll("circle, path").each(function (i) {
    const { row, round, seconds, stopped } = points[i];
    Object.assign(this.dataset, { row, round, seconds, ...(stopped && { stopped }) });
    d3.select(this).append("title").text(`${nameOf(row)}, round ${round}: ${stopped ? "stopped at " : ""}${formatTime(seconds)}`);
  });
}

function baselineFirst(series) {
  return [...series.filter(({ row }) => data.rows[row].baseline), ...series.filter(({ row }) => !data.rows[row].baseline)];
}

function sampleDomain(points, factor) {
  const [from, to] = d3.extent(points, ({ seconds }) => seconds * factor);
  const room = (to - from) * 0.08 || to * 0.02;
  return [Math.max(0, from - room), to + room];
}

// ---- run time against build time or size

function drawTrade(element) {
  const by = element.dataset.by || "build";
  choiceBar(element, "By", [["build", "build time"], ["size", "size"]], by, "by", () => redrawChart(element));
  const known = data.trade.filter((point) => point[by] !== null && isLeft(point.row));
  if (known.length < 2) return say(element, "Too few variants have both figures.");
  const near = known.filter(({ effect }) => effect <= farOff);
  const points = near.length > 1 ? near : known;
  if (points.length < known.length)
    say(element, `Not shown: ${known.length - points.length} that are more than ${farOff} % slower than the baseline.`);
  const width = widthOf(element);
  const [unit, factor] = by === "build" ? timeUnit(d3.max(points, (point) => point.build)) : ["MiB", 2 ** -20];
  const frontier = unbeaten(points, by);
  const named = new Set(frontier);
  for (const point of points) if (data.rows[point.row].baseline || nameOf(point.row) === data.recommended) named.add(point);
  const x = (point) => point[by] * factor;
  const largest = d3.max(points, x);
  const [lowest, highest] = d3.extent(points, ({ effect }) => effect);
  const room = (highest - lowest) * 0.1 || 1;
  const title = (point) => `${nameOf(point.row)}\n${formatPercent(point.effect)}, ${by === "build" ? formatTime(point.build) : formatBytes(point.size)}`;
  const dots = (list, options) => Plot.dot(list, { x, y: "effect", stroke: "var(--page)", title, tip: { fill: "var(--page)", stroke: "var(--rule)" }, ...options });
  const label = (textAnchor) => Plot.text([...named].filter((point) => (x(point) > 0.7 * largest) === (textAnchor === "end")), {
    x, y: "effect", text: ({ row }) => nameOf(row), textAnchor, dx: textAnchor === "end" ? -9 : 9, dy: -8, fontWeight: 600,
    fill: "var(--text)", stroke: "var(--page)", strokeWidth: 4 });
  show(element, Plot.plot({
    width, height: Math.min(400, Math.max(280, width * 0.5)), marginLeft: 56, marginRight: 24, marginTop: 30, marginBottom: 44,
    x: { label: `${by === "build" ? "build time" : "size"} (${unit})`, labelAnchor: "center", labelArrow: "none", zero: by === "build", nice: true, ticks: width < 480 ? 4 : 8 },
    y: { label: "run time against the baseline (%)", labelArrow: "none", domain: [lowest - room, highest + room], ticks: 6, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: "var(--text)", strokeOpacity: 0.5 }),
      Plot.line(frontier, { x, y: "effect", curve: "step-after", stroke: "var(--accent)", strokeOpacity: 0.6 }),
      dots(points.filter((point) => !frontier.includes(point)), { r: 4, fill: "var(--neutral)" }),
      dots(frontier, { r: 5.5, fill: "var(--accent)" }),
      label("start"), label("end"),
    ],
  }));
}

/** Those that no other one beats in both, by the figure. */
function unbeaten(points, by) {
  let least = Infinity;
  return [...points].sort((a, b) => a[by] - b[by] || a.effect - b.effect).filter(({ effect }) => {
    if (effect >= least) return false;
    least = effect;
    return true;
  });
}

// ---- phases and units

/** Stacked bars, one a row of {name, phases}. */
function drawStacks(element, rows) {
  const bars = firstOf(rows, 15, element, () => redrawChart(element));
  const [unit, factor] = timeUnit(d3.max(bars, ({ phases }) => d3.sum(phases, ([, seconds]) => seconds)));
  const parts = bars.flatMap(({ name, phases }, row) => {
    let at = 0;
    return phases.map(([phase, seconds]) => ({ row, name, phase, from: at * factor, to: (at += seconds) * factor, seconds }));
  });
  const width = widthOf(element);
  const { margin, clip } = nameMargin(bars.map(({ name }) => name), width);
  const longest = d3.max(parts, ({ to }) => to);
  const roomFor = ({ phase, from, to }) => ((to - from) / longest) * (width - margin - 40) > phase.length * 6.4 + 8;
  for (const { phase } of parts) colorOf(phase);
  element.append(legend(new Set(parts.map(({ phase }) => phase))));
  show(element, Plot.plot({
    width, height: bars.length * 32 + 50, marginLeft: margin, marginRight: 24, marginTop: 6, marginBottom: 40,
    x: { label: `time (${unit})`, labelAnchor: "center", labelArrow: "none", domain: [0, longest], ticks: width < 480 ? 4 : 8 },
    y: { domain: d3.range(bars.length), tickFormat: (row) => clip(bars[row].name), tickSize: 0, label: null, padding: 0.25 },
    marks: [
      Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: width < 480 ? 4 : 8 }),
      Plot.barX(parts, { y: "row", x1: "from", x2: "to", fill: ({ phase }) => colorOf(phase), insetLeft: 0.5,
                         title: ({ name, phase, seconds }) => `${name}, ${phase}: ${formatTime(seconds)}` }),
      Plot.text(parts.filter(roomFor), { y: "row", x: ({ from, to }) => (from + to) / 2, text: "phase", fill: "#000", fontSize: 11 }),
    ],
  }));
}

function legend(found) {
  const phases = [...phaseColors.keys()].filter((phase) => found.has(phase));
  const list = document.createElement("ul");
  list.className = "legend";
  for (const phase of phases) {
    const swatch = document.createElement("span");
    swatch.style.background = colorOf(phase);
    const item = document.createElement("li");
    item.append(swatch, phase);
    list.append(item);
  }
  return list;
}

function drawUnits(element) {
  if (data.units.length === 0) return say(element, "This run did not record when units began.");
  const redraw = () => redrawChart(element);
  const chosen = data.units.length > 1
    ? selectBar(element, "Build of", data.units.map(({ name }, i) => [String(i), name]), "build", redraw)
    : "0";
  const build = data.units[Number(chosen)] ?? data.units[0];
  const few = 30;
  const slowest = firstOf([...build.units].sort((a, b) => b.wall - a.wall), few, element, redraw);
  const units = [...slowest].sort((a, b) => a.start - b.start);
  const [unit, factor] = timeUnit(build.wall);
  const width = widthOf(element);
  const title = ({ name, version }) => (version ? `${name} ${version}` : name);
  const { margin, clip } = nameMargin(units.map(title), width);
  const parts = units.flatMap((each, row) => {
    let at = each.start;
    const stages = [...each.parts, ["", Math.max(0, each.wall - d3.sum(each.parts, ([, seconds]) => seconds))]];
    return stages.map(([stage, seconds]) => ({ row, each, stage, seconds, from: at * factor, to: (at += seconds) * factor }));
  });
  const names = (critical) => Plot.text(d3.range(units.length).filter((row) => units[row].critical === critical), {
    y: (row) => row, frameAnchor: "left", textAnchor: "end", dx: -8, text: (row) => clip(title(units[row])), fontWeight: critical ? 700 : 400, fill: "var(--text)" });
  for (const { stage } of parts) if (stage) colorOf(stage);
  element.append(legend(new Set(parts.map(({ stage }) => stage))));
  show(element, Plot.plot({
    width, height: units.length * 20 + 50, marginLeft: margin, marginRight: 24, marginTop: 6, marginBottom: 40,
    x: { label: `since the build began (${unit})`, labelAnchor: "center", labelArrow: "none", domain: [0, build.wall * factor], ticks: width < 480 ? 4 : 8 },
    y: { domain: d3.range(units.length), axis: null, padding: 0.2 },
    marks: [
      Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: width < 480 ? 4 : 8 }),
      Plot.barX(parts, { y: "row", x1: "from", x2: "to", fill: ({ stage }) => (stage ? colorOf(stage) : "var(--neutral)"),
                         title: ({ each, stage, seconds }) => `${title(each)}, ${formatTime(each.wall)}\n${stage || "other"}: ${formatTime(seconds)}` }),
      names(true), names(false),
    ],
  }));
}
