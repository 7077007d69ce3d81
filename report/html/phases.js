"use strict";
// Where the time of runs and builds goes: stacked bars, and the units of a build by time.

/** Stacked bars, one a row of {name, phases}. */
function drawStacks(element, rows) {
  const bars = firstOf(rows, 15, element, () => redrawChart(element));
  const [unit, factor] = timeUnit(d3.max(bars, ({ phases }) => d3.sum(phases, ([, seconds]) => seconds)));
  const parts = bars.flatMap(({ name, phases }, row) => {
    let at = 0;
    return phases.map(([phase, seconds]) => ({ row, name, phase, from: at * factor, to: (at += seconds) * factor, seconds }));
  });
  const width = widthOf(element);
  const { margin, above, clip } = nameMargin(bars.map(({ name }) => name), width);
  const longest = d3.max(parts, ({ to }) => to);
  const roomFor = ({ phase, from, to }) => ((to - from) / longest) * (width - margin - 40) > phase.length * 6.4 + 8;
  for (const { phase } of parts) colorOf(phase);
  element.append(legend(new Set(parts.map(({ phase }) => phase))));
  show(element, Plot.plot({
    width, height: bars.length * (above ? 48 : 32) + 50, marginLeft: margin, marginRight: 24, marginTop: 6, marginBottom: 40,
    x: { label: `time (${unit})`, labelAnchor: "center", labelArrow: "none", domain: [0, longest], ticks: width < 480 ? 4 : 8 },
    y: { domain: d3.range(bars.length), tickFormat: (row) => (above ? "" : clip(bars[row].name)), tickSize: 0, label: null, padding: above ? 0.5 : 0.25 },
    marks: [
      Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: width < 480 ? 4 : 8 }),
      Plot.barX(parts, { y: "row", x1: "from", x2: "to", fill: ({ phase }) => colorOf(phase), insetLeft: 0.5,
                         title: ({ name, phase, seconds }) => `${name}, ${phase}: ${formatTime(seconds)}` }),
      ...(above ? [Plot.text(d3.range(bars.length), { y: (row) => row, frameAnchor: "left", dy: -20, text: (row) => clip(bars[row].name) })] : []),
      Plot.text(parts.filter(roomFor), { y: "row", x: ({ from, to }) => (from + to) / 2, text: "phase", fill: ({ phase }) => textOn(colorOf(phase)), fontSize: 11 }),
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
