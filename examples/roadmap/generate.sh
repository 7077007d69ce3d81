#!/bin/sh
# Writes a program of about 1,000 lines of Rust, always the same one: something to build that is neither a toy nor a crate.
#
#   sh generate.sh full FILE    with derived traits and generic functions, as people write
#   sh generate.sh lean FILE    the same program without them: less to expand, to infer and to instantiate
set -eu

style=$1
file=$2
case $style in
  full | lean) ;;
  *) echo "generate.sh: the style is full or lean, not $style" >&2; exit 2 ;;
esac
mkdir -p "$(dirname "$file")"
awk -v style="$style" '
function head() {
  print "//! Made by generate.sh: a line of stages that events run through. Prints what each of them made of it."
  print ""
  print "pub enum Event {"
  print "    Number(u32),"
  print "    Text(String),"
  print "    Pair(u32, u32),"
  print "    End,"
  print "}"
  print ""
  print "pub trait Stage {"
  print "    fn name(&self) -> &" "\047static str;"
  print "    fn take(&mut self, event: &Event) -> Option<u64>;"
  print "}"
}

# Numbers differ from stage to stage, so that no two are the same code.
function stage(i) {
  id = sprintf("%02d", i)
  print ""
  print "mod stage_" id " {"
  print "    use super::{Event, Stage};"
  print ""
  if (style == "full") print "    #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]"
  print "    pub struct Counter {"
  print "        seen: u64,"
  print "        sum: u64,"
  print "        last: Option<u32>,"
  print "    }"
  print ""
  if (style == "lean") {
    print "    pub fn counter() -> Counter {"
    print "        Counter { seen: 0, sum: 0, last: None }"
    print "    }"
    print ""
    print "    fn weigh(values: &[u8]) -> u64 {"
    print "        let mut sum: u64 = " i ";"
    print "        for &value in values {"
    print "            let value = u64::from(value);"
    print "            if value % " (i % 5 + 3) " != 1 {"
    print "                sum = sum.wrapping_mul(" (2 * i + 31) ").wrapping_add(value);"
    print "            }"
    print "        }"
    print "        sum"
    print "    }"
  } else {
    print "    pub fn counter() -> Counter {"
    print "        Counter::default()"
    print "    }"
    print ""
    print "    fn weigh<T: Copy + Into<u64>>(values: &[T]) -> u64 {"
    print "        values"
    print "            .iter()"
    print "            .copied()"
    print "            .map(Into::into)"
    print "            .filter(|value| value % " (i % 5 + 3) " != 1)"
    print "            .fold(" i ", |sum, value| sum.wrapping_mul(" (2 * i + 31) ").wrapping_add(value))"
    print "    }"
  }
  print ""
  print "    impl Stage for Counter {"
  print "        fn name(&self) -> &" "\047static str {"
  print "            \"stage " id "\""
  print "        }"
  print ""
  print "        fn take(&mut self, event: &Event) -> Option<u64> {"
  print "            self.seen += 1;"
  print "            self.sum = match event {"
  print "                Event::Number(n) if n % " (i + 2) " == 0 => self.sum + u64::from(n / " (i + 2) "),"
  print "                Event::Number(n) => self.sum ^ u64::from(*n),"
  print "                Event::Text(text) => self.sum.wrapping_add(weigh(text.as_bytes())),"
  print "                Event::Pair(a, b) => self.sum.rotate_left(a % " (i + 7) ") ^ u64::from(*b),"
  print "                Event::End => return Some(self.sum.wrapping_mul(self.seen)),"
  print "            };"
  print "            let repeated = matches!((self.last, event), (Some(last), Event::Number(n)) if last == *n);"
  print "            self.last = if let Event::Number(n) = event { Some(*n) } else { self.last };"
  print "            repeated.then_some(" (1000 + i) ")"
  print "        }"
  print "    }"
  print "}"
}

function tail(stages) {
  print ""
  print "fn events(count: u32) -> Vec<Event> {"
  print "    let mut state = 1_u32;"
  print "    let mut events: Vec<Event> = (0..count)"
  print "        .map(|_| {"
  print "            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);"
  print "            match state >> 30 {"
  print "                0 => Event::Text(format!(\"event {state}\")),"
  print "                1 => Event::Pair(state >> 8 & 0xff, state >> 16 & 0xff),"
  print "                _ => Event::Number(state >> 24),"
  print "            }"
  print "        })"
  print "        .collect();"
  print "    events.push(Event::End);"
  print "    events"
  print "}"
  print ""
  print "fn main() {"
  print "    let mut stages: Vec<Box<dyn Stage>> = vec!["
  for (i = 1; i <= stages; ++i) printf "        Box::new(stage_%02d::counter()),\n", i
  print "    ];"
  print "    let events = events(5_000);"
  print "    for stage in &mut stages {"
  print "        let results = events.iter().filter_map(|event| stage.take(event));"
  print "        let total = results.fold(0_u64, u64::wrapping_add);"
  print "        println!(\"{}: {total}\", stage.name());"
  print "    }"
  print "}"
}

BEGIN {
  stages = 21
  head()
  for (s = 1; s <= stages; ++s) stage(s)
  tail(stages)
}' >"$file"
