"use strict";
// Each run of each variant, by round.

function drawSamples(element, index) {
  const all = data.workloads[index].samples.filter(({ row }) => isLeft(row));
  if (all.length === 0) return sayNothing(element, "No samples of these variants are in this page.");
  const series = firstOf(baselineFirst(all), 6, element, () => redrawChart(element));
  const points = series.flatMap(pointsOf);
  const width = widthOf(element);
  const { margin, above, clip } = nameMargin(series.map(({ row }) => `${nameOf(row)}  `), width);
  const medians = new Map(series.map(({ row, times }) => [row, d3.median(times)]));
  const label = (row) => `${clip(nameOf(row))}${above ? ", " : "\n"}${formatTime(medians.get(row))}`;
  const [from, to] = noiseDomain(points);
  const at = ({ percent }) => Math.min(to, Math.max(from, percent));
  const lists = [
    points.filter(({ percent, stopped }) => !stopped && percent <= to),
    points.filter(({ percent, stopped }) => !stopped && percent > to),
    points.filter(({ stopped }) => stopped),
  ];
  const shared = { x: "round", y: at, fy: "row" };
  const chart = Plot.plot({
    width, height: series.length * (above ? 76 : 64) + 50, marginLeft: margin, marginRight: 58, marginTop: above ? 20 : 8, marginBottom: 40,
    x: { label: "round", labelAnchor: "center", labelArrow: "none", tickFormat: "d", domain: d3.extent(points, ({ round }) => round), inset: 6, ticks: width < 480 ? 4 : 10 },
    y: { axis: "right", label: null, ticks: 3, tickFormat: (value) => `${value > 0 ? "+" : ""}${value} %`.replace("-", "−"), domain: [from, to], inset: 5 },
    fy: { axis: null, domain: series.map(({ row }) => row), padding: above ? 0.3 : 0.14 },
    marks: [
      Plot.frame({ stroke: "var(--rule)" }),
      Plot.ruleY([0], { stroke: "var(--accent)", strokeOpacity: 0.7 }),
      above ? Plot.text(series, { fy: "row", frameAnchor: "top-left", dy: -14, text: ({ row }) => label(row) })
            : Plot.axisFy({ anchor: "left", label: null, tickFormat: label, lineHeight: 1.35 }),
      Plot.dot(lists[0], { ...shared, r: 2.2, fill: "var(--accent)", fillOpacity: 0.6 }),
      Plot.dot(lists[1], { ...shared, r: 3, symbol: "triangle", fill: "var(--accent)" }),
      Plot.dot(lists[2], { ...shared, r: 3, symbol: "times", stroke: "var(--bad)", strokeWidth: 1.5 }),
    ],
  });
  const groups = chart.querySelectorAll('[aria-label="dot"]');
  lists.filter((list) => list.length > 0).forEach((list, i) => tell(groups[i], list));
  show(element, chart);
}

/** Each run, in percent of its variant's median: then strips show noise and drift, whatever the variants take. */
function pointsOf({ row, times, rounds = d3.range(1, times.length + 1), censored = [] }) {
  const stopped = new Set(censored);
  const median = d3.median(times);
  return times.map((seconds, i) => ({
    row, seconds, round: rounds[i], stopped: stopped.has(rounds[i]), percent: 100 * (seconds / median - 1) }));
}

/** Few runs that took far longer must not flatten all others. */
function noiseDomain(points) {
  const sorted = points.filter(({ stopped }) => !stopped).map(({ percent }) => percent).sort(d3.ascending);
  if (sorted.length === 0) return [-1, 1];
  const high = d3.quantileSorted(sorted, 0.97);
  const low = d3.quantileSorted(sorted, 0.03);
  const to = Math.min(sorted.at(-1), high + 1.5 * (high - low));
  return [Math.min(sorted[0], -1), Math.max(to, 1)];
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
