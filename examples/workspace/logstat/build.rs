//! Makes a match over the status codes of statuses.txt.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=statuses.txt");
    let statuses = fs::read_to_string("statuses.txt").expect("statuses.txt is there");
    let arms: String = statuses
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(code, reason)| format!("        {code} => {reason:?},\n"))
        .collect();
    let function = format!(
        "pub fn reason(status: u16) -> &'static str {{\n    match status {{\n{arms}        _ => \"unknown\",\n    }}\n}}\n"
    );
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join("statuses.rs"), function).expect("OUT_DIR is writable");
}
