//! Conway's game of life on a torus: prints how many cells live after some generations (the first argument, or 200).

const SIZE: usize = 256;

type Row = [u8; SIZE];

/// The same cells each time: 1 lives, 0 does not.
fn first_generation() -> Vec<Row> {
    let mut state = 1_u32;
    let mut cell = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 31) as u8
    };
    (0..SIZE).map(|_| std::array::from_fn(|_| cell())).collect()
}

/// How many of the three cells around each column live, in a row.
fn triples(row: &Row) -> Row {
    let mut sums = [0; SIZE];
    for x in 1..SIZE - 1 {
        sums[x] = row[x - 1] + row[x] + row[x + 1];
    }
    sums[0] = row[SIZE - 1] + row[0] + row[1];
    sums[SIZE - 1] = row[SIZE - 2] + row[SIZE - 1] + row[0];
    sums
}

fn lives(cell: u8, neighbours: u8) -> u8 {
    match (cell, neighbours) {
        (1, 2 | 3) | (0, 3) => 1,
        _ => 0,
    }
}

fn next_generation(rows: &[Row]) -> Vec<Row> {
    let sums: Vec<Row> = rows.iter().map(triples).collect();
    (0..SIZE)
        .map(|y| {
            let above = &sums[(y + SIZE - 1) % SIZE];
            let below = &sums[(y + 1) % SIZE];
            std::array::from_fn(|x| {
                lives(rows[y][x], above[x] + sums[y][x] + below[x] - rows[y][x])
            })
        })
        .collect()
}

fn main() {
    let generations = match std::env::args().nth(1) {
        None => 200,
        Some(text) => text.parse().expect("generations must be a whole number"),
    };
    let mut rows = first_generation();
    for _ in 0..generations {
        rows = next_generation(&rows);
    }
    let living: u32 = rows.iter().flatten().map(|&cell| u32::from(cell)).sum();
    println!("{living} cells live after {generations} generations");
}
