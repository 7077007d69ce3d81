//! Prints the n-th Fibonacci number by plain recursion; n is the first argument, or 35. Nothing but calls and branches.

fn fib(n: u32) -> u64 {
    if n < 2 {
        u64::from(n)
    } else {
        fib(n - 1) + fib(n - 2)
    }
}

fn main() {
    let n = match std::env::args().nth(1) {
        None => 35,
        Some(text) => text.parse().expect("n must be a whole number"),
    };
    println!("{}", fib(n));
}
