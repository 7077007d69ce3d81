//! Writes a file of numbered lines, reads it back, adds the numbers up and removes it: most of its time is the system's.
//! Its folder is the first argument, or the system's folder for temporary files.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

const LINES: u64 = 50_000;

fn write_lines(file: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for number in 1..=LINES {
        writeln!(out, "line {number}")?;
    }
    out.flush()
}

fn sum_of_lines(file: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for line in BufReader::new(File::open(file)?).lines() {
        let line = line?;
        let number = line
            .strip_prefix("line ")
            .and_then(|text| text.parse::<u64>().ok());
        sum += number.ok_or(io::ErrorKind::InvalidData)?;
    }
    Ok(sum)
}

fn main() -> io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("lines-{}.txt", std::process::id()));
    let sum = write_lines(&file).and_then(|()| sum_of_lines(&file));
    let removed = fs::remove_file(&file);
    println!("{LINES} lines, their sum is {}", sum?);
    removed
}
