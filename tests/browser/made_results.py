"""Results of runs that nobody made, for pages of any size: variants with samples, intervals, phases and builds.

made_results.py VARIANTS WORKLOADS ROUNDS >results.json
"""
import json
import random
import sys


def made(variants=40, workloads=6, rounds=40, names=None, seed=1):
    """A results.json as a value; the first variant is the baseline. All figures follow from the seed."""
    chance = random.Random(seed)
    names = names or ["baseline"] + [f"o{2 + i % 2}-lto{i % 3}-cgu{1 + i % 16}-{i}" for i in range(1, variants)]
    speeds = {name: 0 if i == 0 else round(chance.uniform(-30, 40), 3) for i, name in enumerate(names)}
    return {
        "schema": "pgo-orch/results/1", "tool": {"version": "0.1.0"},
        "run": {"id": "made", "started": "2026-11-30T09:00:00Z", "finished": "2026-11-30T09:10:00Z", "interrupted": False},
        "host": {"cpu": "A processor", "cores": 2, "kernel": "Linux 6.1", "virtualized": True, "warnings": ["other guests"]},
        "tools": {"rustc": {"version": "1.95.0", "llvm": "22.1.2", "path": "/usr/bin/rustc"}},
        "project": {"kind": "source", "name": "made", "path": "/p/pgo.toml", "profile": "release", "programs": ["made"]},
        "baseline": names[0], "confidence": 0.95, "precision": 0.01,
        "variants": [variant(name, i, chance) for i, name in enumerate(names)],
        "references": [],
        "benchmarks": [benchmark(f"workload-{i}", names, speeds, rounds, chance) for i in range(workloads)],
        "comparisons": [comparison(f"workload-{i}", name, names[0], speeds[name], chance)
                        for i in range(workloads) for name in names[1:]] +
                       ([comparison(None, name, names[0], speeds[name], chance) for name in names[1:]] if workloads > 1 else []),
        "best": {"runtime": {"": [min(names, key=speeds.get)]}, "memory": {}, "build": [], "size": [], "pareto": names[:2]},
        "recommendation": f"{names[-1]} is the one. Use it.", "recommended": names[-1], "warnings": [], "notes": ["made, not measured"],
    }


def variant(name, index, chance):
    seconds = round(chance.uniform(1, 20), 6)
    return {"name": name, "status": "ok", "reason": "", "identical_to": None, "built_once": False,
            "settings": {"opt-level": 3, "lto": "fat", "codegen-units": 1 + index % 16}, "portable": True,
            "target": "x86_64-unknown-linux-gnu", "toolchain": "1.95.0", "rustflags": ["-Ctarget-cpu=x86-64-v3"],
            "flag_origins": ["pgo.toml:7"], "command": ["cargo", "build", "--release", "--config", f"/s/{index}/config.toml"],
            "failure": None, "gate": None,
            "build": {"wall_s": seconds, "user_s": 2 * seconds, "system_s": 0.1, "peak_rss_bytes": 300_000_000, "runs": [seconds]},
            "artifacts": [{"program": "made", "path": f"/s/{index}/made", "size_bytes": 400_000 + chance.randrange(90_000),
                           "text_bytes": 200_000, "sha256": f"{index:064x}", "code_sha256": f"{index:064x}"}]}


def benchmark(workload, names, speeds, rounds, chance):
    results = []
    for index, name in enumerate(names):
        middle = 0.025 * (1 + speeds[name] / 100)
        times = [round(middle * (1 + abs(chance.gauss(0, 0.02))), 9) for _ in range(rounds)]
        results.append({"variant": name, "reference": "", "command": "made", "times": times,
                        "user_times": [round(0.9 * time, 9) for time in times], "system_times": [0.001] * rounds,
                        "rounds": list(range(1, rounds + 1)), "censored": [rounds] if index == 2 else [],
                        "memory_usage_byte": [2_000_000 + 4096 * chance.randrange(9)] * rounds, "exit_codes": [0] * rounds})
    return {"workload": workload, "results": results, "noise_floor_pct": 0.4, "rounds": rounds,
            "control": {"effect_pct": 0.1, "lo_pct": -0.4, "hi_pct": 0.6}}


def comparison(workload, name, to, speed, chance):
    width = chance.uniform(0.3, 2)
    known = chance.random() > 0.05
    verdict = "faster" if speed < -width else "slower" if speed > width else "unresolved"
    return {"metric": "runtime", "workload": workload, "variant": name, "to": to, "effect_pct": speed,
            "lo_pct": round(speed - width, 3) if known else None, "hi_pct": round(speed + width, 3), "verdict": verdict,
            "confidence": 0.95, "rounds": 40, "basis": "exact", "dominated": speed > 20, "flags": []}


if __name__ == "__main__":
    json.dump(made(*map(int, sys.argv[1:])), sys.stdout)
