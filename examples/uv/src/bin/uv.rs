//! `uv lock`, `export`, `pip install` and `sync` of a project, from the index that UV_INDEX names. Ends with 1 if there is
//! no solution or the lock file is not as `lock --check` wants it, with 2 for wrong usage.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use uv::{Chosen, Index, Requirement};

enum Failure {
    Usage(String),
    Work(String),
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Failure::Work(text)
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(|error| error.to_string())?;
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The quoted strings of `dependencies = [...]`.
fn wanted(project: &Path) -> Result<Vec<Requirement>, String> {
    let text = read(&project.join("pyproject.toml"))?;
    let begin = text.find("dependencies = [").ok_or("pyproject.toml has no dependencies")?;
    let list = &text[begin..begin + text[begin..].find(']').ok_or("the list does not end")?];
    list.split('"').skip(1).step_by(2).map(uv::requirement).collect()
}

fn index() -> Result<Index, String> {
    let file = env::var("UV_INDEX").map_err(|_| "UV_INDEX names no index".to_string())?;
    uv::index(&read(Path::new(&file))?)
}

fn lines(chosen: &Chosen) -> String {
    chosen.iter().map(|(name, version)| format!("{name}=={}\n", uv::shown(version))).collect()
}

fn locked(text: &str) -> Result<Chosen, String> {
    let pair = |line: &str| -> Result<_, String> {
        let requirement = line.split(' ').next().unwrap_or("");
        let (name, version) = requirement.split_once("==").ok_or(format!("'{line}' is not a locked package"))?;
        Ok((name.to_string(), uv::version(version)?))
    };
    text.lines().map(pair).collect()
}

/// What is locked stays, as long as it is what the project wants.
fn lock(project: &Path, check: bool) -> Result<(), String> {
    let file = project.join("uv.lock");
    let wanted = wanted(project)?;
    let before = read(&file).unwrap_or_default();
    let kept = locked(&before)?;
    let fits = |need: &Requirement| kept.get(&need.name).is_some_and(|version| need.allows(version));
    let chosen = if !kept.is_empty() && wanted.iter().all(fits) { kept } else { uv::resolve(&index()?, &wanted)? };
    let text = lines(&chosen);
    if check && text != before {
        return Err("The lockfile at `uv.lock` needs to be updated".to_string());
    }
    write(&file, &text)?;
    println!("Resolved {} packages", chosen.len());
    Ok(())
}

/// What `uv pip install -r` takes.
fn export(project: &Path, output: &Path) -> Result<(), String> {
    let chosen = locked(&read(&project.join("uv.lock"))?)?;
    let with_hash = |line: &str| format!("{line} --hash=fnv:{}\n", uv::hash(line));
    write(output, &lines(&chosen).lines().map(with_hash).collect::<String>())
}

/// A file for each package; those of others are removed.
fn install(chosen: &Chosen, folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut installed = 0;
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())?.flatten() {
        if !chosen.contains_key(&*entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path()).map_err(|error| error.to_string())?;
        }
    }
    for (name, version) in chosen {
        let content = (0..50).map(|line| format!("{}\n", uv::hash(&format!("{name} {version:?} {line}")))).collect::<String>();
        if fs::read_to_string(folder.join(name)).unwrap_or_default() != content {
            write(&folder.join(name), &content)?;
            installed += 1;
        }
    }
    println!("Installed {installed} packages");
    Ok(())
}

fn verified(requirements: &str) -> Result<Chosen, String> {
    for line in requirements.lines() {
        let (package, hash) = line.split_once(" --hash=fnv:").ok_or(format!("'{line}' has no hash"))?;
        if uv::hash(package) != hash {
            return Err(format!("Hash mismatch for `{package}`"));
        }
    }
    locked(requirements)
}

/// The value behind an option, taken out of the arguments.
fn value(arguments: &mut Vec<String>, option: &str) -> Option<PathBuf> {
    let at = arguments.iter().position(|argument| argument == option).filter(|at| at + 1 < arguments.len())?;
    arguments.remove(at);
    Some(arguments.remove(at).into())
}

fn run(mut arguments: Vec<String>) -> Result<(), Failure> {
    let usage = |what: &str| Failure::Usage(format!("the following required arguments were not provided: {what}"));
    let project = value(&mut arguments, "--directory").unwrap_or(".".into());
    let output = value(&mut arguments, "-o");
    let requirements = value(&mut arguments, "-r");
    let target = value(&mut arguments, "--target");
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--version"] => println!("uv {}", env!("CARGO_PKG_VERSION")),
        ["lock"] => lock(&project, false)?,
        ["lock", "--check"] => lock(&project, true)?,
        ["export"] => export(&project, &project.join(output.ok_or_else(|| usage("-o"))?))?,
        ["pip", "install"] => {
            let file = project.join(requirements.ok_or_else(|| usage("-r"))?);
            install(&verified(&read(&file)?)?, &project.join(target.ok_or_else(|| usage("--target"))?))?;
        }
        ["sync"] => {
            lock(&project, false)?;
            install(&locked(&read(&project.join("uv.lock"))?)?, &project.join(".venv"))?;
        }
        _ => return Err(Failure::Usage(format!("unrecognized subcommand '{}'", words.join(" ")))),
    }
    Ok(())
}

fn main() -> ExitCode {
    match run(env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Work(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(2)
        }
    }
}
