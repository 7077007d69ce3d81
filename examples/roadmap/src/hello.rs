//! Prints a greeting: a process that starts, and ends. What is left to make faster is its start.

fn main() {
    println!("Hello, world!");
}
