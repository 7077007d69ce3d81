"use strict";
// Starts everything: what is folded, light and dark, printing, and the charts, one after the other.

const draw = {
  intervals: drawIntervals,
  samples: drawSamples,
  trade: drawTrade,
  "run-phases": (element, index) => drawStacks(element, data.runPhases[index]),
  "build-phases": (element) => drawStacks(element, data.buildPhases),
  units: drawUnits,
  flames: drawFlames,
};

function redrawChart(element) {
  const height = element.offsetHeight;
  element.style.minHeight = `${height}px`;  // so that nothing below it jumps
  element.replaceChildren();
  draw[element.dataset.chart](element, Number(element.dataset.index));
  element.append(...element.querySelectorAll(":scope > .more"));
  element.style.minHeight = "";
}

const charts = [...document.querySelectorAll("[data-chart]")];

/** One chart a task: the page can be used meanwhile. */
function drawCharts(kinds, done = () => {}) {
  const left = charts.filter((element) => !kinds || kinds.includes(element.dataset.chart));
  const next = () => {
    const element = left.shift();
    if (!element) return done();
    redrawChart(element);
    setTimeout(next);
  };
  next();
}

/** Tables are open where no script runs, and on paper. */
function foldTables() {
  const folded = [...document.querySelectorAll("details")];
  for (const details of folded) details.open = false;
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folded.filter((details) => !details.open);
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

function addThemeButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", id: "theme" });
  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  label();
  document.querySelector("header").append(button);
}

function redrawOnResize() {
  let width = document.body.clientWidth;
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (document.body.clientWidth === width) return;
      width = document.body.clientWidth;
      drawCharts();
    }, 150);
  });
}

function showFiltered(rows) {
  filtered = rows;
  clearTimeout(showFiltered.waiting);
  showFiltered.waiting = setTimeout(() => drawCharts(["intervals", "samples", "trade"]), 120);
}

foldTables();
addThemeButton();
enhanceVariants(showFiltered);
redrawOnResize();
drawCharts(null, () => {
  performance.mark("drawn");
  document.documentElement.dataset.drawn = "yes";
});
