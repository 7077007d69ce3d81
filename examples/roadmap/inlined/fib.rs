//! The same as src/fib.rs, with two levels of the recursion written into the first by hand: as many additions, fewer calls.

#[inline(always)]
fn second_level(n: u32) -> u64 {
    if n < 2 {
        u64::from(n)
    } else {
        fib(n - 1) + fib(n - 2)
    }
}

#[inline(always)]
fn first_level(n: u32) -> u64 {
    if n < 2 {
        u64::from(n)
    } else {
        second_level(n - 1) + second_level(n - 2)
    }
}

fn fib(n: u32) -> u64 {
    if n < 2 {
        u64::from(n)
    } else {
        first_level(n - 1) + first_level(n - 2)
    }
}

fn main() {
    let n = match std::env::args().nth(1) {
        None => 35,
        Some(text) => text.parse().expect("n must be a whole number"),
    };
    println!("{}", fib(n));
}
