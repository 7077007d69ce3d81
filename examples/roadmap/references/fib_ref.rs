//! Prints the n-th Fibonacci number by plain recursion; n is the first argument, or 35: what `rustc -O` makes of it,
//! without cargo and its profiles.

fn fib(n: u32) -> u64 {
    if n < 2 {
        u64::from(n)
    } else {
        fib(n - 1) + fib(n - 2)
    }
}

fn main() {
    let n = std::env::args()
        .nth(1)
        .map_or(35, |text| text.parse().expect("n must be a whole number"));
    println!("{}", fib(n));
}
