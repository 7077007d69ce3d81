"use strict";
// Variants against the baseline: intervals, and run time against build time or size.

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
  if (all.length === 0) return sayNothing(element, `Nothing was compared with ${data.against}.`);
  const effects = firstOf(all, 15, element, redraw);
  const label = metric === "cpu" ? element.dataset.label.replace(/^Run time/, "CPU time") : element.dataset.label;
  const width = widthOf(element);
  const { margin, above, clip } = nameMargin(effects.map(({ row }) => nameOf(row)), width);
  const [from, to] = effectDomain(effects, data.precision);
  const within = (value) => Math.min(to, Math.max(from, value));
  const narrow = width < 480;
  show(element, Plot.plot({
    width, height: effects.length * (above ? 36 : 24) + 62, marginLeft: margin, marginRight: narrow ? 62 : 112, marginTop: 12, marginBottom: 40,
    x: { domain: [from, to], label: `${metric === "cpu" ? "CPU" : "run"} time against ${data.against} (%)`,
         labelAnchor: "center", labelArrow: "none", ticks: narrow ? 4 : 8 },
    y: { type: "point", domain: effects.map(({ row }) => row), tickFormat: (row) => (above ? "" : clip(nameOf(row))), tickSize: 0, label: null },
    marks: [
      Plot.rect([0], { x1: -data.precision, x2: data.precision, fill: "var(--band)" }),
      Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: narrow ? 4 : 8 }),
      Plot.ruleX([0], { stroke: "var(--text)" }),
      ...(above ? [Plot.text(effects, { y: "row", frameAnchor: "left", dy: -13, text: ({ row }) => clip(nameOf(row)) })] : []),
      Plot.ruleY(effects, { y: "row", x1: (d) => within(d.lo ?? from), x2: (d) => within(d.hi ?? to), stroke: (d) => toneOf(d.verdict), strokeWidth: 2.5 }),
      openEnds(effects.filter(({ lo, effect }) => lo === null || lo < from || effect < from), from, "◀", "start"),
      openEnds(effects.filter(({ hi, effect }) => hi === null || hi > to || effect > to), to, "▶", "end"),
      Plot.dot(effects.filter(({ effect }) => effect >= from && effect <= to), { y: "row", x: "effect", fill: (d) => toneOf(d.verdict), r: 4.5, stroke: "var(--page)" }),
      Plot.text(effects, { y: "row", frameAnchor: "right", textAnchor: "start", dx: 8, fontVariant: "tabular-nums",
                           fill: (d) => toneOf(d.verdict), text: (d) => (narrow ? formatPercent(d.effect) : verdictText(d)) }),
    ],
  }), label);
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

function drawTrade(element) {
  const by = element.dataset.by || "build";
  choiceBar(element, "By", [["build", "build time"], ["size", "size"]], by, "by", () => redrawChart(element));
  const known = data.trade.filter((point) => point[by] !== null && isLeft(point.row));
  if (known.length < 2) return sayNothing(element, "Too few variants have both figures.");
  const near = known.filter(({ effect }) => effect <= farOff);
  const points = near.length > 1 ? near : known;
  if (points.length < known.length)
    say(element, `Not shown: ${counted(known.length - points.length, "variant")} more than ${farOff} % slower than the baseline.`);
  const width = widthOf(element);
  const [unit, factor] = by === "build" ? timeUnit(d3.max(points, (point) => point.build)) : ["MiB", 2 ** -20];
  const frontier = points.filter(({ pareto }) => pareto);
  const named = new Set(frontier);
  for (const point of points) if (data.rows[point.row].baseline || nameOf(point.row) === data.recommended) named.add(point);
  const x = (point) => point[by] * factor;
  const largest = d3.max(points, x);
  // differences that do not matter must not look large
  const [lowest, highest] = d3.extent([...points.map(({ effect }) => effect), -data.precision, data.precision]);
  const room = (highest - lowest) * 0.1;
  const title = (point) => `${nameOf(point.row)}\n${formatPercent(point.effect)}, ${by === "build" ? formatTime(point.build) : formatBytes(point.size)}`;
  const dots = (list, options) => Plot.dot(list, { x, y: "effect", stroke: "var(--page)", title, tip: { fill: "var(--page)", stroke: "var(--rule)" }, ...options });
  const labelled = apart([...named], (point) => [(x(point) / largest) * (width - 80), ((highest - point.effect) / (highest - lowest || 1)) * 300, nameOf(point.row)]);
  const label = (textAnchor) => Plot.text(labelled.filter((point) => (x(point) > 0.7 * largest) === (textAnchor === "end")), {
    x, y: "effect", text: ({ row }) => nameOf(row), textAnchor, dx: textAnchor === "end" ? -9 : 9, dy: -8, fontWeight: 600,
    fill: "var(--text)", stroke: "var(--page)", strokeWidth: 4 });
  show(element, Plot.plot({
    width, height: Math.min(400, Math.max(280, width * 0.5)), marginLeft: 56, marginRight: 24, marginTop: 30, marginBottom: 44,
    x: { label: `${by === "build" ? "build time" : "size"} (${unit})`, labelAnchor: "center", labelArrow: "none", zero: by === "build", nice: true, ticks: width < 480 ? 4 : 8 },
    y: { label: "run time against the baseline (%)", labelArrow: "none", domain: [lowest - room, highest + room], ticks: 6, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: "var(--text)", strokeOpacity: 0.5 }),
      dots(points.filter((point) => !frontier.includes(point)), { r: 4, fill: "var(--neutral)" }),
      dots(frontier, { r: 5.5, fill: "var(--accent)" }),
      label("start"), label("end"),
    ],
  }));
}

/** The points whose names don't cover one another; `place`: x and y in pixels, and the name. */
function apart(points, place) {
  const kept = [];
  for (const point of points.sort((a, b) => importance(b) - importance(a))) {
    const [x, y, name] = place(point);
    if (kept.every(([, left, top, other]) => Math.abs(y - top) > 15 || Math.abs(x - left) > 7 * Math.max(name.length, other.length) + 12))
      kept.push([point, x, y, name]);
  }
  return kept.map(([point]) => point);
}

const importance = ({ row }) => 2 * (nameOf(row) === data.recommended) + (data.rows[row].baseline ? 1 : 0);
