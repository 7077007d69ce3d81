//! A stand-in for ruff. As there, `@FILE` among the arguments stands for the lines of a file; `check` ends with 1 if it
//! found something, `format --check` with 1 if a file would change, and wrong usage with 2.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Name,
    Number,
    Text,
    Comment,
    Sign,
    Newline,
}

struct Token<'a> {
    kind: Kind,
    text: &'a str,
    line: usize,
}

/// Where the string literal that begins at `start` ends.
fn end_of_text(source: &str, start: usize) -> usize {
    let bytes = source.as_bytes();
    let quote = bytes[start];
    let triple = bytes[start..].len() > 2 && bytes[start + 1] == quote && bytes[start + 2] == quote;
    let mut at = start + if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && source[at..].as_bytes().starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let start = at;
        let while_true = |from: usize, holds: fn(u8) -> bool| {
            from + bytes[from..].iter().take_while(|byte| holds(**byte)).count()
        };
        let kind = match bytes[at] {
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'\n' => {
                at += 1;
                Kind::Newline
            }
            b'#' => {
                at = while_true(at, |byte| byte != b'\n');
                Kind::Comment
            }
            b'"' | b'\'' => {
                at = end_of_text(source, at);
                Kind::Text
            }
            byte if byte.is_ascii_digit() => {
                at = while_true(at, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
                Kind::Number
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                at = while_true(at, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
                Kind::Name
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        let text = &source[start..at];
        found.push(Token { kind, text, line });
        line += text.bytes().filter(|byte| *byte == b'\n').count();
    }
    found
}

/// Names that an import makes, with their lines.
fn imported<'a>(tokens: &[Token<'a>]) -> Vec<(&'a str, usize)> {
    let mut names = Vec::new();
    for line in tokens.split(|token| token.kind == Kind::Newline) {
        let Some(first) = line.first() else { continue };
        if first.text != "import" && first.text != "from" {
            continue;
        }
        let begin = line.iter().position(|token| token.text == "import").map_or(line.len(), |at| at + 1);
        for part in line[begin..].split(|token| token.text == ",") {
            if let Some(name) = part.iter().rfind(|token| token.kind == Kind::Name) {
                names.push((name.text, name.line));
            }
        }
    }
    names
}

fn findings(source: &str) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for (name, line) in imported(&tokens) {
        if tokens.iter().filter(|token| token.kind == Kind::Name && token.text == name).count() == 1 {
            found.push((line, format!("F401 `{name}` imported but unused")));
        }
    }
    for window in tokens.windows(3) {
        if window[0].text == "=" && window[1].text == "=" && ["None", "True", "False"].contains(&window[2].text) {
            found.push((window[2].line, format!("E711 comparison to `{}`", window[2].text)));
        }
        if window[0].text == "except" && window[1].text == ":" {
            found.push((window[0].line, "E722 do not use bare `except`".to_string()));
        }
    }
    for (number, line) in source.lines().enumerate() {
        if line.chars().count() > 88 {
            found.push((number + 1, "E501 line too long".to_string()));
        }
        if line.ends_with(' ') {
            found.push((number + 1, "W291 trailing whitespace".to_string()));
        }
    }
    let names: BTreeSet<_> = tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.text).collect();
    for name in names.iter().filter(|name| ["l", "O", "I"].contains(*name)) {
        found.push((1, format!("E741 ambiguous name: `{name}`")));
    }
    found.sort();
    found
}

/// With double quotes, no blanks at the ends of lines, and a blank behind each comma.
fn formatted(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for token in tokens(source) {
        let begin = token.text.as_ptr() as usize - source.as_ptr() as usize;
        let gap = &source[at..begin];
        match token.kind {
            Kind::Newline => text.truncate(text.trim_end_matches(' ').len()),
            _ if text.ends_with(',') && gap.is_empty() && token.kind != Kind::Sign => text.push(' '),
            _ => text.push_str(gap),
        }
        let inner = token.text.trim_matches('\'');
        if token.kind == Kind::Text && token.text.len() == inner.len() + 2 && !inner.contains(['"', '\\']) {
            let _ = write!(text, "\"{inner}\"");
        } else {
            text.push_str(token.text);
        }
        at = begin + token.text.len();
    }
    text
}

struct Options {
    silent: bool,
    exit_zero: bool,
    check: bool,
    files: Vec<String>,
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options { silent: false, exit_zero: false, check: false, files: Vec::new() };
    for argument in arguments {
        match argument.as_str() {
            "--isolated" | "--no-cache" => {}
            "--silent" | "-s" => options.silent = true,
            "--exit-zero" | "-e" => options.exit_zero = true,
            "--check" => options.check = true,
            flag if flag.starts_with('-') => return Err(format!("unexpected argument '{flag}' found")),
            file => options.files.push(file.to_string()),
        }
    }
    Ok(options)
}

/// How many files it had something to say about.
fn run(command: &str, options: &Options) -> Result<usize, String> {
    let mut said = 0;
    for file in &options.files {
        let source = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        if command == "check" {
            let found = findings(&source);
            said += usize::from(!found.is_empty());
            for (line, text) in found.iter().filter(|_| !options.silent) {
                println!("{file}:{line}: {text}");
            }
        } else {
            let new = formatted(&source);
            said += usize::from(new != source);
            if new != source && options.check && !options.silent {
                println!("Would reformat: {file}");
            } else if new != source && !options.check {
                std::fs::write(file, new).map_err(|error| format!("{file}: {error}"))?;
            }
        }
    }
    Ok(said)
}

fn expanded() -> Result<Vec<String>, String> {
    let mut arguments = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix('@') {
            None => arguments.push(argument),
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                arguments.extend(text.lines().map(String::from));
            }
        }
    }
    Ok(arguments)
}

fn ended() -> Result<ExitCode, String> {
    let arguments = expanded()?;
    let command = arguments.first().map_or("", String::as_str);
    match command {
        "--version" => println!("ruff {}", env!("CARGO_PKG_VERSION")),
        "check" | "format" => {
            let options = options(&arguments[1..])?;
            let fails = command == "check" && !options.exit_zero || options.check;
            let said = run(command, &options)?;
            return Ok(ExitCode::from(u8::from(said > 0 && fails)));
        }
        other => return Err(format!("unrecognized subcommand '{other}'")),
    }
    Ok(ExitCode::SUCCESS)
}

fn main() -> ExitCode {
    ended().unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        ExitCode::from(2)
    })
}
