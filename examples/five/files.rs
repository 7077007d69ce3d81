//! Writes a file of words, reads it back line by line, counts, and removes it.
//! Its folder is the first argument, or the system's folder for temporary files.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

const WORDS: [&str; 7] = [
    "fast", "slow", "baseline", "profile", "variant", "linker", "loop",
];

fn write_words(file: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut state = 1_u32;
    for _ in 0..60_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = WORDS[(state >> 16) as usize % WORDS.len()];
        let end = if state >> 29 == 0 { '\n' } else { ' ' };
        write!(out, "{word}{end}")?;
    }
    out.flush()
}

/// How often each of the words stands in the file, and how many lines it has.
fn count_words(file: &Path) -> io::Result<([u32; WORDS.len()], u32)> {
    let mut counts = [0; WORDS.len()];
    let mut lines = 0;
    for line in BufReader::new(File::open(file)?).lines() {
        for word in line?.split_ascii_whitespace() {
            if let Some(i) = WORDS.iter().position(|w| *w == word) {
                counts[i] += 1;
            }
        }
        lines += 1;
    }
    Ok((counts, lines))
}

fn main() -> io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("words-{}.txt", std::process::id()));
    let counted = write_words(&file).and_then(|()| count_words(&file));
    let removed = fs::remove_file(&file);
    let (counts, lines) = counted?;
    removed?;
    println!("{lines} lines");
    for (word, count) in WORDS.iter().zip(counts) {
        println!("{word} {count}");
    }
    Ok(())
}
