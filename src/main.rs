//! Parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    grantline::cli::main()
}
