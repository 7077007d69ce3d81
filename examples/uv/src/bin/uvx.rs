//! `uvx ...` is `uv tool run ...` there; this one says its version and finds a tool's packages.

use std::{env, fs};

fn main() -> Result<(), String> {
    let tool = env::args().nth(1).unwrap_or_default();
    if tool == "--version" {
        println!("uvx {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    let file = env::var("UV_INDEX").map_err(|_| "UV_INDEX names no index")?;
    let index = uv::index(&fs::read_to_string(file).map_err(|error| error.to_string())?)?;
    let chosen = uv::resolve(&index, &[uv::requirement(&tool)?])?;
    println!("{tool}: {} packages", chosen.len());
    Ok(())
}
