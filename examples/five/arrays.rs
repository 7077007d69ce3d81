//! Sorts, sums and multiplies arrays of made-up numbers; their length is the first argument, or 200000.

/// The same numbers each time: a linear congruential generator.
fn numbers(seed: u64, length: usize) -> Vec<u32> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as u32
        })
        .collect()
}

fn sum(values: &[u32]) -> u64 {
    values.iter().map(|&v| u64::from(v)).sum()
}

fn dot(a: &[u32], b: &[u32]) -> u64 {
    a.iter()
        .zip(b)
        .map(|(&x, &y)| u64::from(x) * u64::from(y))
        .fold(0, u64::wrapping_add)
}

/// Merge sort, with insertion sort for short pieces.
fn sort(values: &mut [u32], scratch: &mut Vec<u32>) {
    if values.len() <= 16 {
        for i in 1..values.len() {
            let mut at = i;
            while at > 0 && values[at - 1] > values[at] {
                values.swap(at - 1, at);
                at -= 1;
            }
        }
        return;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    sort(left, scratch);
    sort(right, scratch);
    scratch.clear();
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            scratch.push(left[i]);
            i += 1;
        } else {
            scratch.push(right[j]);
            j += 1;
        }
    }
    scratch.extend_from_slice(&left[i..]);
    scratch.extend_from_slice(&right[j..]);
    values.copy_from_slice(scratch);
}

fn main() {
    let length = match std::env::args().nth(1) {
        None => 200_000,
        Some(text) => text.parse().expect("the length must be a whole number"),
    };
    assert!(length > 0, "an array needs an element");
    let mut a = numbers(1, length);
    let b = numbers(2, length);
    println!("sum {}, dot {}", sum(&a), dot(&a, &b));
    sort(&mut a, &mut Vec::with_capacity(length));
    let ordered = a.windows(2).all(|pair| pair[0] <= pair[1]);
    println!(
        "sorted: {ordered}, median {}, dot {}",
        a[length / 2],
        dot(&a, &b)
    );
}
