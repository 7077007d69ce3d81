"""The HTML report in a browser: report_page.py PGO_ORCH [TEST...]."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from made_results import made
from picture import brightness, differing
from webdriver import Browser, Driver

HOSTILE = "</script><img src=x onerror=alert(1)>"
program = "pgo-orch"


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.driver = Driver()
        cls.addClassCleanup(cls.driver.stop)
        folder = tempfile.TemporaryDirectory(prefix="pgo-orch-page-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.results = with_phases(made(variants=6, workloads=2, rounds=12), cls.folder)
        cls.page = cls.render(cls.results)

    @classmethod
    def render(cls, results):
        file, page = cls.folder / "results.json", cls.folder / "report.html"
        file.write_text(json.dumps(results))
        subprocess.run([program, "report", str(file), "--html", str(page)], check=True, stdout=subprocess.DEVNULL)
        return page.read_text()

    def open(self, page=None, **how):
        """A browser in which the page has drawn all."""
        file = self.folder / "opened.html"
        file.write_text(page or self.page)
        browser = Browser(self.driver, **how)
        self.addCleanup(browser.close)
        browser.requests(), browser.log()
        browser.open(file)
        if how.get("scripts", True):
            browser.wait("document.documentElement.dataset.drawn === 'yes'")
        return browser

    def test_draws_every_chart_and_asks_for_nothing(self):
        browser = self.open()
        kinds = browser.run("return [...document.querySelectorAll('[data-chart]')].map((e) => [e.dataset.chart, e.querySelectorAll('svg').length])")
        self.assertEqual({kind for kind, _ in kinds},
                         {"intervals", "samples", "trade", "run-phases", "build-phases", "units", "flames"})
        self.assertEqual([kind for kind in kinds if kind[1] == 0], [])
        self.assertEqual(browser.log(), [])
        self.assertEqual(browser.requests(), [(self.folder / "opened.html").as_uri()])

    def test_the_policy_stops_what_escaping_missed(self):
        browser = self.open(self.page.replace("</main>", "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'></main>"))
        self.assertIsNone(browser.run("return window.ran"))
        self.assertIn("Content Security Policy", "".join(browser.log()))

    def test_a_hostile_name_is_only_a_name(self):
        results = with_phases(made(names=["baseline", HOSTILE, "\u2028<!--<script>"], workloads=1, rounds=5), self.folder)
        for bar in results["phases"]["runtime"] + results["phases"]["build"] + results["flamegraphs"]:
            bar["variant"] = HOSTILE
        browser = self.open(self.render(results))
        self.assertEqual(browser.log(), [])
        self.assertEqual(browser.run("return document.querySelectorAll('img').length"), 0)
        self.assertIn(HOSTILE, browser.run("return document.querySelector('#all-variants').textContent"))
        self.assertIn(HOSTILE, browser.run("return document.querySelector('[data-chart=flames] select').textContent"))

    def test_points_are_the_samples(self):
        browser = self.open()
        for more in browser.elements("[data-chart=samples] .more"):
            browser.run("arguments[0].click()", more)
        names = browser.run("return data.rows.map((row) => row.name)")
        for index, benchmark in enumerate(self.results["benchmarks"]):
            drawn = browser.run("""
                return [...document.querySelectorAll(`[data-chart=samples][data-index="${arguments[0]}"] [data-seconds]`)].map(
                    (e) => [Number(e.dataset.row), Number(e.dataset.round), Number(e.dataset.seconds), 'stopped' in e.dataset,
                            e.getBoundingClientRect().y + e.getBoundingClientRect().height / 2])""", index)
            measured = sorted((series["variant"], round_, seconds, round_ in series["censored"])
                              for series in benchmark["results"] for round_, seconds in zip(series["rounds"], series["times"]))
            self.assertEqual(sorted((names[row], *rest[:-1]) for row, *rest in drawn), measured)
            for row in range(len(names)):  # and they are where they belong: the slower, the higher
                of_row = sorted((point[2], -point[4]) for point in drawn if point[0] == row and not point[3])
                self.assertTrue(all(after[1] > before[1] - 2 for before, after in zip(of_row, of_row[1:])))

    def test_intervals_are_where_the_results_say(self):
        results = made(names=["baseline", "fast", "slow", "open"], workloads=1, rounds=5)
        for row, (effect, lo, hi) in zip(results["comparisons"], [(-20, -24, -16), (10, 8, 13), (-5, None, -1)]):
            row.update(effect_pct=effect, lo_pct=lo, hi_pct=hi)
        browser = self.open(self.render(results))
        dots, lines = (browser.run("""
            return [...document.querySelectorAll(`[data-chart=intervals] [aria-label=${arguments[0]}] ${arguments[1]}`)].map((e) => {
              const box = e.getBoundingClientRect(); return [box.left, box.right, box.top]; })""", *shape)
            for shape in [("dot", "circle"), ("rule", "line")])
        center = [(left + right) / 2 for left, right, _ in dots]  # fast, open, slow
        scale = (center[2] - center[0]) / 30
        self.assertAlmostEqual(center[1], center[0] + 15 * scale, delta=0.5)
        intervals = [line for line in lines if line[1] - line[0] > 1 and any(abs(line[2] - (top + 4.5)) < 6 for _, _, top in dots)]
        self.assertAlmostEqual(intervals[0][0], center[0] - 4 * scale, delta=1)
        self.assertAlmostEqual(intervals[2][1], center[2] + 3 * scale, delta=1)
        self.assertEqual(browser.run("return document.querySelector('[data-chart=intervals] svg').textContent.split('◀').length - 1"), 1)

    def test_different_names_have_different_labels(self):
        parts = [f"opt_level_{level}_lto_{lto}_codegen_units_{units}_panic_abort_target_cpu_x86_64_v3"
                 for level in (2, 3) for lto in ("fat", "thin") for units in (1, 16)]
        browser = self.open(self.render(made(names=["baseline", *parts], workloads=1, rounds=5)), width=1000)
        labels = browser.run("return [...document.querySelectorAll('[data-chart=intervals] [aria-label=\"y-axis tick label\"] text')].map((e) => e.textContent)")
        self.assertEqual(len(labels), len(parts))
        self.assertEqual(len(set(labels)), len(parts))
        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), 1000)

    def test_trade_offs_show_verdicts_not_estimates(self):
        results = made(names=["baseline", "same"], workloads=1, rounds=5)
        results["comparisons"][0].update(effect_pct=-0.1, lo_pct=-0.5, hi_pct=0.3, verdict="equivalent")
        browser = self.open(self.render(results))  # made() has both in `pareto`
        fills = browser.run("return [...document.querySelectorAll('[data-chart=trade] circle')].map((e) => e.closest('g[fill]')?.getAttribute('fill') ?? e.getAttribute('fill'))")
        self.assertEqual(fills, ["var(--accent)"] * 2)
        heights = browser.run("return [...document.querySelectorAll('[data-chart=trade] circle')].map((e) => Number(e.getAttribute('cy')))")
        self.assertLess(abs(heights[0] - heights[1]), 30)  # 0.1 % is little on an axis of at least 2 %

    def test_sorts_by_keyboard(self):
        browser = self.open()
        header = "document.activeElement.closest('th')"
        for _ in range(60):
            browser.press("Tab")
            if browser.run(f"return {header}?.textContent") == "build time":
                break
        self.assertEqual(browser.run(f"return [{header}.textContent, {header}.ariaSort]"), ["build time", "none"])
        builds = [float(f'{variant["build"]["wall_s"]:.7g}') for variant in self.results["variants"]]
        keys = ("return [...document.querySelectorAll('#all-variants tbody tr')].map((row) => "
                f"Number(row.cells[[...{header}.parentElement.cells].indexOf({header})].dataset.v))")
        browser.press("Enter")
        self.assertEqual(browser.run(keys), sorted(builds))
        self.assertEqual(browser.run(f"return {header}.ariaSort"), "ascending")
        browser.press("Space")
        self.assertEqual(browser.run(keys), sorted(builds, reverse=True))
        self.assertEqual(browser.run(f"return {header}.ariaSort"), "descending")

    def test_filters_the_table_and_the_charts(self):
        browser = self.open()
        name = self.results["variants"][3]["name"]
        browser.click("#filter-name")
        browser.press(*name)
        visible = "[...document.querySelectorAll('#all-variants tbody tr:not([hidden]) th')].map((e) => e.textContent.trim())"
        self.assertEqual(browser.run(f"return {visible}"), [name])
        self.assertEqual(browser.run("return document.querySelector('output').textContent"), "1 of 6 variants")
        browser.wait("document.querySelectorAll('[data-chart=intervals] circle').length === 3")  # both workloads, and all
        browser.run("const e = document.querySelector('#filter-name'); e.value = ''; e.dispatchEvent(new Event('input'))")
        browser.wait("document.querySelectorAll('[data-chart=intervals] circle').length === 15")

    def test_flame_graph_zooms_by_keyboard_and_mouse(self):
        browser = self.open()
        width = "[...document.querySelectorAll('g.frame')].find((e) => e.getAttribute('name') === given[0])?.getBoundingClientRect().width"
        whole, part = (browser.run(f"const given = arguments; return {width}", name) for name in ("all", "made::parse"))
        self.assertAlmostEqual(part, 0.6 * whole, delta=3)
        focused = "return document.activeElement.getAttribute('name')"
        browser.run("document.querySelector('[data-chart=flames] select').focus()")
        browser.press("Tab", "Tab", "Down", "Down", "Down")  # Reset zoom, all, [made], main, what takes most in it
        self.assertEqual(browser.run(focused), "made::parse")
        self.assertEqual(browser.run("return document.querySelector('.frame-line').textContent"), "made::parse: 60.0 %")
        browser.press("Enter")
        browser.wait(f"Math.abs({width} - {whole}) < 3", "made::parse")
        self.assertEqual(browser.run(focused), "made::parse")
        browser.press("Escape")
        browser.wait(f"Math.abs({width} - {part}) < 3", "made::parse")
        browser.press("Right")
        self.assertEqual(browser.run(focused), "made::print")
        browser.run("document.activeElement.dispatchEvent(new MouseEvent('click', { bubbles: true }))")
        browser.wait(f"Math.abs({width} - {whole}) < 3", "made::print")
        browser.run("const e = document.querySelector('[data-chart=flames] select'); e.value = '1'; e.dispatchEvent(new Event('change'))")
        colors = browser.run("return [...document.querySelectorAll('g.frame')].map((e) => [e.getAttribute('name'), e.querySelector('rect').getAttribute('fill')])")
        self.assertIn("hsl(26", dict(colors)["made::print"])  # more than in the baseline
        self.assertIn("hsl(205", dict(colors)["made::parse"])  # less

    def test_pictures_show_something_in_light_and_in_dark(self):
        pictures = []
        for dark in (False, True):
            browser = self.open(dark=dark, height=700)
            browser.run("document.querySelector('#intervals').scrollIntoView()")
            pictures.append(browser.screenshot())
            browser.run("for (const e of document.querySelectorAll('[data-chart] svg')) e.style.visibility = 'hidden'")
            self.assertGreater(differing(pictures[-1], browser.screenshot()), 2000)
        self.assertGreater(brightness(pictures[0]), 200)
        self.assertLess(brightness(pictures[1]), 80)
        browser.click("#theme")
        self.assertGreater(brightness(browser.screenshot()), 200)

    def test_the_whole_page_fits_a_narrow_window(self):
        browser = self.open(width=400)
        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), 400)

    def test_tables_are_open_on_paper(self):
        browser = self.open()
        browser.run("addEventListener('beforeprint', () => { window.closed_ = document.querySelectorAll('details:not([open])').length })")
        pdf = browser.devtools("Page.printToPDF")["data"]
        self.assertTrue(pdf)
        self.assertEqual(browser.run("return window.closed_"), 0)
        self.assertGreater(browser.run("return document.querySelectorAll('details:not([open])').length"), 5)

    def test_can_be_read_without_scripts(self):
        browser = self.open(scripts=False)
        text = browser.devtools("DOM.getOuterHTML", nodeId=browser.devtools("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
        self.assertNotIn("data-drawn", text)
        self.assertIn("Charts need JavaScript", text)
        self.assertNotIn("id=\"theme\"", text)
        shown = " ".join(node["value"] for node in accessible(browser))
        self.assertIn(self.results["recommendation"], shown)
        for variant in self.results["variants"]:
            self.assertGreater(shown.count(variant["name"]), 8)  # in each of the tables
        self.assertIn("made::parse", shown)
        self.assertIn("-Ctarget-cpu=x86-64-v3", shown)

    def test_every_chart_has_a_name_and_a_table(self):
        browser = self.open()
        self.assertEqual(browser.run("""
            return [...document.querySelectorAll('[data-chart] > svg, [data-chart] > figure > svg')]
              .filter((e) => e.getAttribute('role') !== 'img' || !e.getAttribute('aria-label')).length"""), 0)
        self.assertEqual(browser.run("""
            return [...document.querySelectorAll('[data-chart]')].filter((e) => {
              const group = e.closest('article') ?? e.closest('section');
              return !group.querySelector('details table, table'); }).map((e) => e.dataset.chart)"""), [])

    def test_two_runs_are_compared_on_a_page_of_their_own(self):
        names = ["baseline", HOSTILE, "fat"]
        files = []
        for seed in (1, 2):
            results = with_phases(made(names=names, workloads=2, rounds=5, seed=seed), self.folder)
            results["run"]["id"] = f"run-{seed}"
            results["phases"]["build"][0]["units"][0]["wall_s"] += seed
            results["phases"]["build"][0]["units"][0]["stages"] = [{"name": "codegen", "seconds": seed, "share": 0.5, "parts": []}]
            files.append(self.folder / f"{seed}.json")
            files[-1].write_text(json.dumps(results))
        page = self.folder / "changes.html"
        told = json.loads(subprocess.run([program, "compare", *map(str, files), "--html", str(page), "--json", "-"],
                                         check=True, stdout=subprocess.PIPE).stdout)
        browser = self.open(page.read_text())
        self.assertEqual(browser.log(), [])
        self.assertEqual(browser.run("return document.querySelectorAll('img').length"), 0)
        self.assertEqual(browser.run("return document.querySelector('h1').textContent"), "run-2 against run-1")
        self.assertEqual(browser.run("return document.querySelectorAll('#runs tbody tr').length"), len(told["runtime"]))
        self.assertEqual(browser.run("return document.querySelectorAll('[data-chart=intervals] svg').length"), 3)
        self.assertIn("run time against the earlier run (%)", browser.run("return document.querySelector('[data-chart=intervals]').textContent"))
        rows = browser.run("return [...document.querySelectorAll('#builds tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))")
        self.assertEqual(rows, [["baseline", "crate_0", "codegen", "1.000 s", "2.000 s", "+1.000 s"]])

    def test_forty_variants_in_six_workloads(self):
        page = self.render(made(variants=40, workloads=6, rounds=40))
        self.assertLess(len(page.encode()), 1_500_000)
        browser = self.open(page)
        self.assertEqual(browser.log(), [])
        self.assertEqual(browser.run("return document.querySelectorAll('[data-chart=intervals] svg').length"), 7)
        self.assertEqual(browser.run("return document.querySelector('#all-variants').tBodies[0].rows.length"), 40)
        browser.click("[data-chart=intervals] .more")
        self.assertEqual(browser.run("return document.querySelectorAll('[data-chart=intervals] circle').length"), 39 + 6 * 15)

    def test_a_thousand_variants(self):
        page = self.render(made(variants=1000, workloads=1, rounds=30))
        self.assertLess(len(page.encode()), 1_500_000)
        browser = self.open(page)
        self.assertEqual(browser.log(), [])
        self.assertEqual(browser.run("return document.querySelector('#all-variants').tBodies[0].rows.length"), 1000)
        drawn = browser.run("return performance.getEntriesByName('drawn')[0].startTime / 1000")
        print(f"1,000 variants: {len(page.encode()):,} bytes, drawn after {drawn:.2f} s", file=sys.stderr)
        self.assertLess(drawn, 20)  # it takes about one: this is for machines that do other things, too


def accessible(browser):
    """The texts that a screen reader finds."""
    for node in browser.devtools("Accessibility.getFullAXTree")["nodes"]:
        if not node["ignored"] and node["role"]["value"] == "StaticText":
            yield node["name"]


def with_phases(results, folder):
    """The same with phases of runs and builds, units and flame graphs."""
    first, second = (variant["name"] for variant in results["variants"][:2])
    workload = results["benchmarks"][0]["workload"]
    phases = [{"name": name, "seconds": seconds, "share": seconds / 0.025, "parts": []}
              for name, seconds in (("startup", 0.001), ("compute", 0.023), ("shutdown", 0.001))]
    runs = [{"workload": workload, "variant": name, "phases": phases, "total_s": 0.025, "runs": 9, "source": "ptrace"} for name in (first, second)]
    stages = [{"name": name, "seconds": 0.5, "share": 0.25, "parts": []} for name in ("frontend", "codegen")]
    units = [{"name": f"crate_{i}", "version": "1.0.0", "wall_s": 1.0 + i, "cpu_s": 1.0, "peak_rss_bytes": 1 << 28, "stages": stages, "start_s": 0.5 * i}
             for i in range(4)]
    build = {"variant": first, "phases": stages, "wall_s": 6.0, "cpu_use": 0.5, "units": units, "critical_path": units[:1], "basis": "made"}
    results["phases"] = {"runtime": runs, "build": [build]}
    graph = {"of": "run", "workload": workload, "variant": second}
    results["flamegraphs"] = [{**graph, "differential": False, "path": "flamegraphs/one.svg"},
                              {**graph, "differential": True, "path": "flamegraphs/two.folded"}]
    (folder / "flamegraphs").mkdir(exist_ok=True)
    (folder / "flamegraphs/one.folded").write_text("[made];main;made::parse 60\n[made];main;made::print 30\n[made];main 10\n")
    (folder / "flamegraphs/two.folded").write_text("[made];main;made::parse 80 60\n[made];main;made::print 10 30\n[made];main 10 10\n")
    return results


if __name__ == "__main__":
    program = str(pathlib.Path(sys.argv.pop(1)).absolute())
    unittest.main(verbosity=2)
