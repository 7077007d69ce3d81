//! Counts the tokens of a program text in a small C-like language.
//!
//!     tokenizer FILE                        the tokens of a file
//!     tokenizer --sample SEED KIB REPEAT    those of a text made up from SEED, tokenized REPEAT times
//!
//! Nearly all of its time goes into small functions with many callers, and into branches that
//! nearly always go one way: a compiler cannot know which, and a profile tells it.

use std::fmt::Write;
use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq)]
#[rustfmt::skip]
enum Kind { Keyword, Name, Integer, Float, Text, Character, Comment, Operator, Bracket, Unknown }

/// Where a token starts; lines and columns are counted from 1.
#[derive(Clone, Copy)]
struct Position {
    line: u32,
    column: u32,
}

struct Token<'a> {
    kind: Kind,
    text: &'a [u8],
    at: Position,
}

type Problem = &'static str;

struct Lexer<'a> {
    source: &'a [u8],
    offset: usize,
    at: Position,
}

impl<'a> Lexer<'a> {
    fn new(source: &'a [u8]) -> Self {
        let at = Position { line: 1, column: 1 };
        Lexer {
            source,
            offset: 0,
            at,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.offset).copied()
    }

    fn peek_second(&self) -> Option<u8> {
        self.source.get(self.offset + 1).copied()
    }

    /// Takes one character, or None at the end, and keeps count of lines and columns.
    fn bump(&mut self) -> Result<Option<char>, Problem> {
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let (value, length) = match first {
            0x20..=0x7e => (char::from(first), 1),
            b'\n' => ('\n', 1),
            b'\r' if self.peek_second() == Some(b'\n') => ('\n', 2),
            b'\t' => ('\t', 1),
            0x00..=0x7f => return Err("a control character"),
            _ => decode(&self.source[self.offset..])?,
        };
        self.offset += length;
        match value {
            '\n' => {
                self.at = Position {
                    line: self.at.line + 1,
                    column: 1,
                }
            }
            '\t' => self.at.column = (self.at.column + 7) / 8 * 8 + 1,
            _ => self.at.column += width(value),
        }
        Ok(Some(value))
    }

    fn bump_while(&mut self, wanted: impl Fn(u8) -> bool) -> Result<(), Problem> {
        while self.peek().is_some_and(&wanted) {
            self.bump()?;
        }
        Ok(())
    }

    /// The next token, or None at the end of the text.
    fn next(&mut self) -> Result<Option<Token<'a>>, Problem> {
        self.bump_while(|c| c.is_ascii_whitespace())?;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let (start, at) = (self.offset, self.at);
        let kind = match (first, self.peek_second()) {
            (b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.., _) => self.word()?,
            (b'0'..=b'9', _) => self.number()?,
            (b'"', _) => self.quoted('"', Kind::Text)?,
            (b'\'', _) => self.quoted('\'', Kind::Character)?,
            (b'/', Some(b'/')) => self.line_comment()?,
            (b'/', Some(b'*')) => self.block_comment()?,
            (b'(' | b')' | b'[' | b']' | b'{' | b'}', _) => {
                self.bump()?;
                Kind::Bracket
            }
            _ => self.operator()?,
        };
        let text = &self.source[start..self.offset];
        Ok(Some(Token { kind, text, at }))
    }

    fn word(&mut self) -> Result<Kind, Problem> {
        let start = self.offset;
        self.bump_while(|c| c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80)?;
        let word = &self.source[start..self.offset];
        Ok(if is_keyword(word) {
            Kind::Keyword
        } else {
            Kind::Name
        })
    }

    fn number(&mut self) -> Result<Kind, Problem> {
        if self.peek() == Some(b'0') && self.peek_second() == Some(b'x') {
            self.bump()?;
            self.bump()?;
            self.bump_while(|c| c.is_ascii_hexdigit() || c == b'_')?;
            return Ok(Kind::Integer);
        }
        self.bump_while(|c| c.is_ascii_digit() || c == b'_')?;
        let mut kind = Kind::Integer;
        if self.peek() == Some(b'.') && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            kind = Kind::Float;
            self.bump()?;
            self.bump_while(|c| c.is_ascii_digit() || c == b'_')?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            kind = Kind::Float;
            self.bump()?;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.bump()?;
            }
            if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Err("an exponent without digits");
            }
            self.bump_while(|c| c.is_ascii_digit())?;
        }
        Ok(kind)
    }

    fn quoted(&mut self, quote: char, kind: Kind) -> Result<Kind, Problem> {
        self.bump()?;
        loop {
            match self.bump()? {
                Some('\\') => self.escape()?,
                Some(c) if c == quote => return Ok(kind),
                Some(_) => {}
                None => return Err("a quote that is never closed"),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<(), Problem> {
        match self.bump()? {
            Some('n' | 't' | 'r' | '0' | '\\' | '\'' | '"') => Ok(()),
            Some('x') => {
                for _ in 0..2 {
                    if !self.bump()?.is_some_and(|c| c.is_ascii_hexdigit()) {
                        return Err("\\x without two hexadecimal digits");
                    }
                }
                Ok(())
            }
            _ => Err("an unknown escape"),
        }
    }

    fn line_comment(&mut self) -> Result<Kind, Problem> {
        self.bump_while(|c| c != b'\n')?;
        Ok(Kind::Comment)
    }

    /// Block comments nest.
    fn block_comment(&mut self) -> Result<Kind, Problem> {
        let mut depth = 0;
        loop {
            let second = self.peek_second();
            match self.bump()? {
                Some('/') if second == Some(b'*') => {
                    self.bump()?;
                    depth += 1;
                }
                Some('*') if second == Some(b'/') => {
                    self.bump()?;
                    depth -= 1;
                    if depth == 0 {
                        return Ok(Kind::Comment);
                    }
                }
                Some(_) => {}
                None => return Err("a comment that is never closed"),
            }
        }
    }

    /// The longest operator that fits.
    fn operator(&mut self) -> Result<Kind, Problem> {
        let length = match &self.source[self.offset..] {
            [b'<', b'<', b'=', ..] | [b'>', b'>', b'=', ..] => 3,
            [b'=' | b'!' | b'<' | b'>' | b'+' | b'-', b'=', ..] => 2,
            [b'<', b'<', ..] | [b'>', b'>', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => 2,
            [b'-', b'>', ..] | [b':', b':', ..] => 2,
            [b';' | b',' | b'=' | b'.' | b':' | b'+' | b'-' | b'*' | b'/' | b'<' | b'>', ..] => 1,
            [b'!' | b'&' | b'?', ..] => 1,
            _ => 0,
        };
        for _ in 0..length.max(1) {
            self.bump()?;
        }
        Ok(if length > 0 {
            Kind::Operator
        } else {
            Kind::Unknown
        })
    }
}

fn is_keyword(word: &[u8]) -> bool {
    match word.len() {
        2 => matches!(word, b"if" | b"fn" | b"in"),
        3 => matches!(word, b"let" | b"for"),
        4 => matches!(word, b"else" | b"true"),
        5 => matches!(word, b"while" | b"match" | b"break" | b"false"),
        6 => matches!(word, b"return" | b"struct"),
        _ => word == b"continue",
    }
}

/// The first character of a text where it has more than one byte, and how many.
fn decode(text: &[u8]) -> Result<(char, usize), Problem> {
    let (length, bits) = match text[0] {
        0xc2..=0xdf => (2, text[0] & 0x1f),
        0xe0..=0xef => (3, text[0] & 0x0f),
        0xf0..=0xf4 => (4, text[0] & 0x07),
        _ => return Err("not UTF-8"),
    };
    let mut value = u32::from(bits);
    for i in 1..length {
        match text.get(i) {
            Some(&byte) if byte & 0xc0 == 0x80 => value = value << 6 | u32::from(byte & 0x3f),
            _ => return Err("not UTF-8"),
        }
    }
    Ok((char::from_u32(value).ok_or("not UTF-8")?, length))
}

/// How many columns a character takes on a terminal, roughly.
fn width(c: char) -> u32 {
    match c {
        '\u{0300}'..='\u{036f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
        '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Something that looks at every token.
trait Check {
    fn see(&mut self, token: &Token);
    fn report(&self) -> String;
}

#[derive(Default)]
struct Counts([u64; Kind::Unknown as usize + 1]);

impl Check for Counts {
    fn see(&mut self, token: &Token) {
        self.0[token.kind as usize] += 1;
    }

    fn report(&self) -> String {
        use Kind::*;
        let kinds = [
            Keyword, Name, Integer, Float, Text, Character, Comment, Operator, Bracket, Unknown,
        ];
        kinds
            .map(|kind| format!("{kind:?} {}\n", self.0[kind as usize]))
            .concat()
    }
}

/// How deep brackets nest, and whether they match.
#[derive(Default)]
struct Nesting {
    open: Vec<u8>,
    deepest: usize,
    mismatches: u64,
}

impl Check for Nesting {
    fn see(&mut self, token: &Token) {
        if token.kind != Kind::Bracket {
            return;
        }
        match token.text[0] {
            b'(' => self.open.push(b')'),
            b'[' => self.open.push(b']'),
            b'{' => self.open.push(b'}'),
            close => self.mismatches += u64::from(self.open.pop() != Some(close)),
        }
        self.deepest = self.deepest.max(self.open.len());
    }

    fn report(&self) -> String {
        format!("nesting {}, mismatches {}\n", self.deepest, self.mismatches)
    }
}

/// A checksum of what stands where.
#[derive(Default)]
struct Places(u64);

impl Check for Places {
    fn see(&mut self, token: &Token) {
        let place = u64::from(token.at.line) << 32 | u64::from(token.at.column);
        self.0 = (self.0 ^ place)
            .wrapping_mul(0x100_0000_01b3)
            .rotate_left(5);
    }

    fn report(&self) -> String {
        format!("places {:016x}\n", self.0)
    }
}

fn tokenize(source: &[u8], checks: &mut [Box<dyn Check>]) -> Result<(), String> {
    let mut lexer = Lexer::new(source);
    loop {
        match lexer.next() {
            Ok(Some(token)) => checks.iter_mut().for_each(|check| check.see(&token)),
            Ok(None) => return Ok(()),
            Err(problem) => {
                return Err(format!("{}:{}: {problem}", lexer.at.line, lexer.at.column))
            }
        }
    }
}

/// A linear congruential generator: the same numbers for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

/// A program text of `bytes` bytes or a little more.
fn sample(seed: u64, bytes: usize) -> String {
    const NAMES: [&str; 10] = [
        "i",
        "n",
        "total",
        "buffer",
        "next_state",
        "parser",
        "index",
        "größe",
        "find_first",
        "x1",
    ];
    const BETWEEN: [&str; 9] = ["+", "-", "*", "/", "==", "<", "&&", ".", ","];
    let mut random = Random(seed);
    let mut text = String::new();
    while text.len() < bytes {
        text += &format!(
            "fn {}_{}(n, buffer) {{\n",
            random.pick(&NAMES),
            random.below(1000)
        );
        for _ in 0..3 + random.below(12) {
            let name = random.pick(&NAMES);
            text += &match random.below(20) {
                0 => "    // the usual case: nothing is left to do here\n".into(),
                1 => "    /* not reached /* yet */ */\n".into(),
                2 => format!(
                    "    if ({name} != 0x{:x}) {{ return '\\n'; }}\n",
                    random.below(1 << 20)
                ),
                3 => format!("    print(\"{name} is\\t\", {name}, \"\\x0a\");\n"),
                4 => format!(
                    "\twhile ({name} < 1.5e{}) {{ {name} += 1; }}\n",
                    random.below(9)
                ),
                _ => {
                    let mut line = format!("    let {name} = {}", random.below(100_000));
                    for _ in 0..random.below(6) {
                        let _ = write!(line, " {} {}", random.pick(&BETWEEN), random.pick(&NAMES));
                        if random.below(3) == 0 {
                            let _ = write!(line, "({}[{}])", random.pick(&NAMES), random.below(64));
                        }
                    }
                    line + ";\n"
                }
            };
        }
        text += "}\n\n";
    }
    text
}

fn run(args: &[String]) -> Result<String, String> {
    let number = |text: &String| text.parse::<usize>().map_err(|e| format!("{text}: {e}"));
    let (source, repeat) = match args {
        [file] => (std::fs::read(file).map_err(|e| format!("{file}: {e}"))?, 1),
        [flag, seed, kib, repeat] if flag == "--sample" => {
            let text = sample(number(seed)? as u64, number(kib)? * 1024);
            (text.into_bytes(), number(repeat)?)
        }
        _ => return Err("usage: tokenizer FILE | tokenizer --sample SEED KIB REPEAT".into()),
    };
    let mut checks: [Box<dyn Check>; 3] = [
        Box::<Counts>::default(),
        Box::<Nesting>::default(),
        Box::<Places>::default(),
    ];
    for _ in 0..repeat {
        tokenize(&source, &mut checks)?;
    }
    Ok(checks.iter().map(|check| check.report()).collect())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("tokenizer: {message}");
            ExitCode::FAILURE
        }
    }
}
