//! Prints the sum of the digits of n!; n is the first argument, or 3000. Loops over short arrays, and division.

const LIMB: u64 = 1_000_000_000;

/// Multiplies a number of nine-digit limbs, the lowest first.
fn multiply(limbs: &mut Vec<u64>, factor: u64) {
    let mut carry = 0;
    for limb in limbs.iter_mut() {
        let product = *limb * factor + carry;
        *limb = product % LIMB;
        carry = product / LIMB;
    }
    if carry > 0 {
        limbs.push(carry);
    }
}

fn digit_sum(mut limb: u64) -> u64 {
    let mut sum = 0;
    while limb > 0 {
        sum += limb % 10;
        limb /= 10;
    }
    sum
}

fn main() {
    let n = match std::env::args().nth(1) {
        None => 3000,
        Some(text) => text.parse().expect("n must be a whole number"),
    };
    assert!(n < LIMB, "n is too big");
    let mut limbs = vec![1];
    for factor in 2..=n {
        multiply(&mut limbs, factor);
    }
    let sum: u64 = limbs.iter().copied().map(digit_sum).sum();
    println!("the digits of {n}! sum up to {sum}");
}
