//! What a fault of the program itself tells: where it is, and never what was being worked on.

use std::io::Write as _;
use std::panic::{self, PanicHookInfo};

/// Tells of panics from now on, in place of the standard message. That one quotes the panic's own words, which
/// can hold anything, and prints what a backtrace shows.
pub(super) fn watch() {
    panic::set_hook(Box::new(|info| {
        // Where stderr is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "{}", sentence(info));
    }));
}

fn sentence(info: &PanicHookInfo<'_>) -> String {
    let place =
        info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
    format!(
        "error: grantline {} stopped at a fault of its own{place}. What it had sent by then, the next plan shows; \
         please report the place.",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_fault_tells_its_place_and_none_of_its_words() {
        let told = Arc::new(Mutex::new(String::new()));
        let (hear, me) = (Arc::clone(&told), std::thread::current().id());
        let before = Arc::new(panic::take_hook());
        let others = Arc::clone(&before);
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == me {
                *hear.lock().unwrap() = sentence(info);
            } else {
                others(info);
            }
        }));
        let line = line!() + 1;
        assert!(panic::catch_unwind(|| panic!("the token is {}", "tok-7f3a91")).is_err());
        panic::set_hook(Box::new(move |info| before(info)));
        let told = told.lock().unwrap().clone();
        assert!(told.contains(&format!("{}:{line}.", file!())), "{told}");
        assert!(!told.contains("tok-7f3a91") && !told.contains("token"), "{told}");
    }
}
