//! Prints the number of digits of n! and its last digits before the zeros; n is the first argument, or 2000.

const LIMB: u64 = 1_000_000_000;

/// n! in limbs of nine decimal digits, the lowest first.
fn factorial(n: u64) -> Vec<u64> {
    let mut limbs = vec![1];
    for factor in 2..=n {
        let mut carry = 0;
        for limb in &mut limbs {
            let product = *limb * factor + carry;
            *limb = product % LIMB;
            carry = product / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    limbs
}

fn main() {
    let n = match std::env::args().nth(1) {
        None => 2000,
        Some(text) => text.parse().expect("n must be a whole number"),
    };
    assert!(n < LIMB, "n is too big");
    let limbs = factorial(n);
    let mut digits = limbs[limbs.len() - 1].to_string();
    for limb in limbs.iter().rev().skip(1) {
        digits += &format!("{limb:09}");
    }
    let significant = digits.trim_end_matches('0');
    let tail = &significant[significant.len().saturating_sub(12)..];
    println!("{n}! has {} digits, {tail} before the zeros", digits.len());
}
