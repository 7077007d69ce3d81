//! Prints a greeting: what is left to measure is the start and the end of a process.

fn main() {
    println!("Hello, world!");
}
