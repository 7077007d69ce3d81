"use strict";
// Flame graphs, by d3-flame-graph. One frame can be reached with Tab; arrow keys go to its callers, callees and
// neighbours, Enter zooms in, Escape zooms out.

const flameTitle = ({ of, workload, variant, differential }) =>
  `${of === "build" ? `build of ${variant}` : `${variant} in ${workload}`}${differential ? ", against the baseline" : ""}`;

function drawFlames(element) {
  if (data.flames.length === 0) return say(element, "There are no flame graphs.");
  const chosen = selectBar(element, "Graph", data.flames.map((flame, i) => [String(i), flameTitle(flame)]), "graph", () => redrawChart(element));
  const flame = data.flames[Number(chosen)] ?? data.flames[0];
  const reset = Object.assign(document.createElement("button"), { type: "button", textContent: "Reset zoom" });
  element.querySelector(".controls").append(reset);
  const box = document.createElement("div");
  box.className = "flame";
  const frameLine = document.createElement("p");
  frameLine.className = "frame-line";
  frameLine.setAttribute("aria-live", "polite");
  frameLine.textContent = "Select a frame to zoom in. With the keyboard: Tab, arrow keys, Enter; Escape zooms out.";
  element.append(box, frameLine);
  const describe = ({ data: frame }) => describeFrame(frame, flame);
  const chart = flamegraph.default()
    .width(widthOf(element)).cellHeight(20).minFrameSize(1).transitionDuration(0).inverted(true)
    .getName(({ data: frame }) => frame.n)
    .setLabelHandler(describe)
    .setColorMapper(({ data: frame }) => (flame.differential ? deltaColor(frame, flame.tree) : frameColor(frame.n)))
    .onClick((frame) => {
      settle(box);
      labelFrames(box);
      focusFrame(box, frame);
    });
  d3.select(box).datum(structuredClone(flame.tree)).call(chart);
  settle(box);
  labelFrames(box);
  reset.addEventListener("click", () => {
    chart.resetZoom();
    reset.focus();
  });
  makeReachable(box, chart, (frame) => { frameLine.textContent = describe(frame); });
}

function describeFrame(frame, { tree, differential }) {
  const share = (count) => `${((100 * count) / Math.max(1, tree.v)).toFixed(1)} %`;
  if (!differential) return `${frame.n}: ${share(frame.v)}`;
  return `${frame.n}: ${share(frame.v)}, ${frame.d >= 0 ? "+" : "−"}${share(Math.abs(frame.d))} against the baseline`;
}

/** A warm colour that depends on the crate: its functions look alike. */
function frameColor(name) {
  const crate = name.split("::")[0];
  let hash = 0;
  for (const letter of crate) hash = (hash * 31 + letter.codePointAt(0)) % 997;
  return `hsl(${20 + (hash % 35)} ${70 + (hash % 20)}% ${62 + (hash % 14)}%)`;
}

/** Orange: more than in the baseline; blue: less; the paler, the smaller the change is against the frame. */
function deltaColor({ v, d }, tree) {
  if (Math.abs(d) < 0.001 * Math.max(1, tree.v)) return "#dddddd";
  const strength = Math.min(1, Math.abs(d) / Math.max(1, v, Math.abs(d)));
  return d > 0 ? `hsl(26 90% ${88 - 30 * strength}%)` : `hsl(205 80% ${88 - 30 * strength}%)`;
}

/** New frames would grow to their width for a quarter of a second. */
function settle(box) {
  d3.select(box).selectAll("g.frame").each(function () {
    d3.select(this).select("rect").interrupt().attr("width", this.getAttribute("width"));
  });
}

const frameElements = (box) => [...box.querySelectorAll("g.frame")];

/** A roving tab stop: of all frames one can be reached with Tab, at first the outermost. */
function labelFrames(box) {
  for (const element of frameElements(box)) {
    element.setAttribute("tabindex", "-1");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", element.querySelector("title").textContent);
  }
  frameElements(box)[0]?.setAttribute("tabindex", "0");
}

function makeReachable(box, chart, tell) {
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", "Flame graph: arrow keys move between frames, Enter zooms in, Escape zooms out");
  box.addEventListener("keydown", (event) => {
    const at = event.target.closest("g.frame");
    const frame = at && d3.select(at).datum();
    if (!frame || !pressed(box, chart, frame, event.key)) return;
    event.preventDefault();
  });
  box.addEventListener("focusin", (event) => {
    const at = event.target.closest("g.frame");
    if (at) tell(d3.select(at).datum());
  });
}

/** Whether the key does something here. */
function pressed(box, chart, frame, key) {
  if (key === "Enter" || key === " ") chart.zoomTo(frame);
  else if (key === "Escape") chart.resetZoom();
  else return focusFrame(box, neighbour(box, frame, key));
  return focusFrame(box, frame);
}

/** The frame that an arrow key leads to, of those that are drawn. */
function neighbour(box, frame, key) {
  const drawn = new Set(frameElements(box).map((element) => d3.select(element).datum()));
  const wide = (other) => drawn.has(other) && other.value > 0;
  if (key === "ArrowUp") return frame.parent;
  if (key === "ArrowDown") return (frame.children ?? []).filter(wide).sort((a, b) => b.value - a.value)[0];
  if (key === "Home") return [...drawn].find(({ parent }) => !parent);
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const row = [...drawn].filter(({ depth }) => depth === frame.depth).filter(wide).sort((a, b) => a.x0 - b.x0);
  return row[row.indexOf(frame) + (key === "ArrowLeft" ? -1 : 1)];
}

/** Whether there is such a frame. */
function focusFrame(box, frame) {
  const element = frame && frameElements(box).find((each) => d3.select(each).datum() === frame);
  if (!element) return false;
  for (const other of box.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  element.setAttribute("tabindex", "0");
  element.focus();
  return true;
}
