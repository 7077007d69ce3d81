//! Sums, multiplies, counts and searches arrays of made-up numbers: vector instructions, branches and memory.
//! Arguments: the seed of the numbers (1), and how many (300000).

/// The same numbers for the same seed: a linear congruential generator.
fn numbers(seed: u64, length: usize) -> Vec<u32> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as u32
        })
        .collect()
}

#[inline(never)]
fn dot(a: &[u32], b: &[u32]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(&x, &y)| x.wrapping_mul(y))
        .fold(0, u32::wrapping_add)
}

/// How many of its ancestors in a sorted array each value is compared with, all together.
fn search(sorted: &[u32], values: &[u32]) -> usize {
    let mut steps = 0;
    for &value in values {
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if sorted[middle] < value {
                low = middle + 1;
            } else {
                high = middle;
            }
            steps += 1;
        }
    }
    steps
}

/// Most values are of the first kind, as in most data.
fn kinds(values: &[u32]) -> [u32; 4] {
    let mut counts = [0; 4];
    for &value in values {
        let kind = match value & 0xff {
            0..=240 => 0,
            241..=250 => 1,
            251..=254 => 2,
            _ => 3,
        };
        counts[kind] += 1;
    }
    counts
}

fn argument<T: std::str::FromStr>(n: usize, default: T) -> T {
    std::env::args()
        .nth(n)
        .map_or(Some(default), |text| text.parse().ok())
        .expect("seed and length must be whole numbers")
}

fn main() {
    let seed = argument(1, 1);
    let length = argument(2, 300_000);
    let a = numbers(seed, length);
    let b = numbers(seed + 1, length);
    let mut sorted = a.clone();
    sorted.sort_unstable();
    println!("dot {}", dot(&a, &b));
    println!("kinds {:?}", kinds(&a));
    println!("steps {}", search(&sorted, &b));
}
