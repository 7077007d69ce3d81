// Programs of several processes, and what becomes of their profiles.

#include "lab.h"

using namespace e2e;

namespace {

/// Has other processes do its work.
const std::string processes = R"(use std::os::unix::process::CommandExt;
use std::process::{exit, Command};
extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(code: i32) -> !;
}

#[inline(never)]
fn work(rounds: u64) -> u64 {
    (0..rounds).fold(1, |sum: u64, i| sum.wrapping_mul(31) ^ i)
}

fn copy(body: impl FnOnce() -> i32) {
    unsafe {
        let pid = fork();
        if pid == 0 {
            let code = body();
            if code == 0 { exit(0) } else { _exit(code) }
        }
        waitpid(pid, std::ptr::null_mut(), 0);
    }
}

fn main() {
    let how = std::env::args().nth(1).unwrap();
    let me = || Command::new(std::env::current_exe().unwrap());
    if how == "work" {
        std::hint::black_box(work(1000));
        return;
    }
    println!("{how}");
    let trains = std::env::var_os("LLVM_PROFILE_FILE").is_some();
    match how.as_str() {
        "child" => assert!(me().arg("work").env_clear().status().unwrap().success()),
        "threads" => std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(me().arg("work").status().unwrap().success()));
            }
        }),
        "missing" => {
            // Rust forks for this one.
            assert!(unsafe { Command::new("/no/such").pre_exec(|| Ok(())).status().is_err() });
            std::hint::black_box(work(1000));
        }
        "fork" => copy(|| { std::hint::black_box(work(1000)); 0 }),
        "daemon" => copy(|| unsafe {
            setsid();
            if fork() != 0 { return 1 }
            std::thread::sleep(std::time::Duration::from_millis(50));
            std::hint::black_box(work(1000));
            0
        }),
        "killed" => {
            let mut child = me().arg("sleep").spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(50));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        "sleep" => std::thread::sleep(std::time::Duration::from_secs(60)),
        "fork and exit" => copy(|| { std::hint::black_box(work(1000)); if trains { 7 } else { 0 } }),
        "exec" if trains => panic!("{}", me().arg("work").exec()),
        _ => {}
    }
}
)";

}  // namespace

TEST_CASE("a process that loses its profile is named, and one that has none to lose is not") {
  Lab lab;
  lab.file("main.rs", processes);
  const auto trained = [&](const std::string& how, int status) {
    lab.file("pgo.toml", R"([project]
source = "main.rs"
[[workload]]
name = "w"
args = [")" + how + R"("]
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)");
    const Json results = lab.built(status);
    return state(results, "pgo");
  };
  for (const char* well : {"child", "threads", "missing", "fork", "daemon"}) {
    CAPTURE(well);
    CHECK(trained(well, 0) == "ok");
    const Json pgo = Json::parse(read(lab.state() / "latest/results.json")).at("variants").at(1).at("pgo");
    CHECK(pgo.at("functions_called") >= 2);  // main and work
  }
  for (const char* lost : {"killed", "fork and exit", "exec"}) {
    CAPTURE(lost);
    const auto said = trained(lost, 1);
    CAPTURE(said);
    CHECK(contains(said, "failed: train w: 'main' (process "));
    CHECK(contains(said, ") wrote no profile"));
  }
}
