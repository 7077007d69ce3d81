#!/usr/bin/env python3
"""Inputs for the crates of thirty.tsv, the same bytes every time: inputs.py FOLDER"""
import json
import pathlib
import random
import struct
import sys
import zlib

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
chance = random.Random(1)

vocabulary = ["".join(chance.choice("etaoinshrdlucmfwypvbgk") for _ in range(chance.randint(2, 9))) for _ in range(5000)]
weights = [1 / (rank + 1) for rank in range(len(vocabulary))]


def words(count):
    return chance.choices(vocabulary, weights, k=count)


def lines(count, length=10):
    pool = words(count * length)
    return [" ".join(pool[at * length:(at + 1) * length]) for at in range(count)]


def write(name, text):
    (folder / name).write_text(text)


text = lines(200_000)
write("text.txt", "\n".join(text) + "\n")
write("small.txt", "\n".join(text[:20_000]) + "\n")
write("words.txt", "\n".join(sorted(set(vocabulary[:150]))) + "\n")
write("data.csv", "id,name,city,price,count\n" + "".join(
    f"{n},{vocabulary[n % 4999]},{vocabulary[n * 7 % 4999]},{chance.random() * 100:.4f},{chance.randint(0, 999)}\n"
    for n in range(100_000)))
people = [{"id": n, "name": vocabulary[n % 4999], "tags": words(4), "score": chance.random(), "active": n % 3 == 0,
           "nested": {"x": n, "y": [n, n + 1, n + 2]}} for n in range(30_000)]
write("data.json", json.dumps(people))
write("lines.json", "\n".join(map(json.dumps, people)) + "\n")
write("page.html", "<!doctype html><html><head><title>t</title></head><body>\n" + "".join(
    f"<div class='c{n % 7}'><p>{line} <a href='/p/{n}'>{n}</a></p><ul><li>{n}</li></ul></div>\n"
    for n, line in enumerate(text[:20_000])) + "</body></html>\n")
write("notes.md", "".join(
    f"# {line}\n\n*{line}* and **{line}**, `code {n}` and [a link](http://example.org/{n}).\n\n- one\n- two\n\n"
    f"| a | b |\n|---|---|\n| {n} | {line} |\n\n```rust\nfn f{n}() {{}}\n```\n\n" for n, line in enumerate(text[:5_000])))
code = "".join(
    f"/// {line}\npub fn f{n}(a: u32, b: &str) -> Option<String> {{\n    let s = format!(\"{{a}} {{b}} {n}\");\n"
    f"    if a > {n} {{ return Some(s); }}\n    None // {line[:20]}\n}}\n\n" for n, line in enumerate(text[:2_000]))
write("code.rs", code)
write("changes.diff", "".join(
    f"diff --git a/f{n}.rs b/f{n}.rs\n--- a/f{n}.rs\n+++ b/f{n}.rs\n@@ -1,3 +1,3 @@\n fn a() {{\n-    {line}\n"
    f"+    {line.replace('e', 'a', 1)}\n }}\n" for n, line in enumerate(text[:4_000])))
write("stacks.folded", "".join(
    f"main;{';'.join(words(chance.randint(2, 12)))} {chance.randint(1, 50)}\n" for _ in range(30_000)))
write("symbols.txt", "".join(
    f"_ZN4core3fmt{len(word)}{word}17h{n:016x}E calls _RNvCs1234_7mycrate{len(word)}{word}\n"
    for n, word in enumerate(words(60_000))))
write("diagram.bob", "".join(
    "  .---------.      +--------+\n  |  begin  |----->|  end   |\n  '---------'      +--------+\n       |                ^\n"
    "       v                |\n" for _ in range(150)))
write("picture.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='800' height='800'>" + "".join(
    f"<circle cx='{chance.randint(0, 800)}' cy='{chance.randint(0, 800)}' r='{chance.randint(2, 60)}' "
    f"fill='#{chance.randint(0, 0xffffff):06x}' opacity='0.{chance.randint(3, 9)}'/>" for _ in range(1500)) + "</svg>")
write("justfile", "".join(f"recipe{n} a='{word}':\n  @echo {{{{a}}}} {n}\n\n" for n, word in enumerate(words(2_000))))
write("config.toml", "".join(
    f"[table{n}]\nname = \"{word}\"\nlist = [{n}, {n + 1}]\npoint = {{ x = {n}, y = 1.5 }}\n\n"
    for n, word in enumerate(words(3_000))))
(folder / "bin.dat").write_bytes(bytes(chance.choices(range(256), k=3_000_000)))
(folder / "big.dat").write_bytes(bytes(chance.choices(range(256), k=4_000_000)) * 25)

size = 256
rows = b"".join(b"\0" + bytes((x * y // 64 + chance.randint(0, 9)) & 255 for x in range(size) for _ in range(3))
                for y in range(size))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


(folder / "picture.png").write_bytes(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
for n in range(3_000):
    place = folder / "tree" / f"d{n % 40}" / f"e{n % 7}"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"f{n}.{['rs', 'py', 'c', 'txt', 'md'][n % 5]}").write_text(code[n * 10:n * 10 + 1500])
