//! Sums up an access log, one JSON object a line, from the standard input.
//!
//!     logstat [REPEAT] < access.jsonl
//!
//! REPEAT reads the same text several times: a long log made of a short one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};

use macros::Rows;
use serde::Deserialize;

include!(concat!(env!("OUT_DIR"), "/statuses.rs"));

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    status: u16,
    bytes: u64,
    micros: u64,
    #[serde(default, borrow)]
    tags: Vec<Cow<'a, str>>,
}

#[derive(Default, Rows)]
struct Totals {
    requests: u64,
    bytes_sent: u64,
    slowest_micros: u64,
    from_cache: u64,
    unreadable_lines: u64,
}

#[derive(Default)]
struct Summary {
    totals: Totals,
    statuses: BTreeMap<u16, u64>,
    micros_by_path: BTreeMap<String, u64>,
}

impl Summary {
    fn add(&mut self, request: &Request) {
        self.totals.requests += 1;
        self.totals.bytes_sent += request.bytes;
        self.totals.slowest_micros = self.totals.slowest_micros.max(request.micros);
        self.totals.from_cache += u64::from(request.tags.iter().any(|tag| tag == "cached"));
        *self.statuses.entry(request.status).or_default() += 1;
        let path = request.path.split('?').next().unwrap_or_default();
        match self.micros_by_path.get_mut(path) {
            Some(micros) => *micros += request.micros,
            None => drop(self.micros_by_path.insert(path.to_owned(), request.micros)),
        }
    }

    fn read(&mut self, log: &str) {
        for line in log.lines() {
            match serde_json::from_str(line) {
                Ok(request) => self.add(&request),
                Err(_) => self.totals.unreadable_lines += 1,
            }
        }
    }

    fn print(&self) {
        for (name, value) in self.totals.rows() {
            println!("{name:<20}{value:>12}");
        }
        println!();
        for (status, count) in &self.statuses {
            println!("{status} {:<16}{count:>12}", reason(*status));
        }
        println!();
        let mut slowest: Vec<_> = self.micros_by_path.iter().collect();
        slowest.sort_by_key(|&(path, micros)| (std::cmp::Reverse(micros), path));
        for (path, micros) in slowest.iter().take(5) {
            println!("{path:<20}{micros:>12} us");
        }
    }
}

fn main() -> io::Result<()> {
    let repeat = match std::env::args().nth(1) {
        None => 1,
        Some(text) => text.parse().expect("REPEAT must be a whole number"),
    };
    let mut log = String::new();
    io::stdin().read_to_string(&mut log)?;
    let mut summary = Summary::default();
    for _ in 0..repeat {
        summary.read(&log);
    }
    summary.print();
    Ok(())
}
