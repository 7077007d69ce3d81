#![no_std]
#![no_main]
mod parse {
    pub struct Parser { pub left: u64 }
    impl Iterator for Parser {
        type Item = u64;
        #[inline(never)]
        fn next(&mut self) -> Option<u64> {
            if self.left == 0 { return None; }
            self.left -= 1;
            Some(weigh(self.left))
        }
    }
    #[inline(never)]
    fn weigh(n: u64) -> u64 { let mut s = 0; for i in 0..n { s ^= core::hint::black_box(i) * n; } s }
}
#[inline(never)]
fn total<T: Iterator<Item = u64>>(it: T) -> u64 { let mut s = 0; for n in it { s ^= n; } s }
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    SINK.fetch_add(total(parse::Parser { left: 12 }), Relaxed);
    unsafe { core::arch::asm!("and rsp, -16", "syscall", in("rax") 60, in("rdi") 0, options(noreturn)) }
}
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
static SINK: AtomicU64 = AtomicU64::new(1);
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
