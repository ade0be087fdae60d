//! Credentials: fetched by reference, held in a type that cannot be printed.

use super::trust;
use crate::workspace::SecretRef;
use secrecy::{ExposeSecret, SecretString};
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a command may take to give a credential; some ask a server for it, and some ask a person.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes that a command may write. The longest tokens have a few thousand, and no header carries more than this.
const LONGEST: u16 = u16::MAX;

/// Between two looks at whether a command that has closed its output has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// A credential. `Debug` hides it and nothing displays it.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text, for the one header that carries it.
    #[must_use]
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Why a credential could not be had. No variant holds any part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The variable is unset, or empty.
    #[error("the environment variable {0} is not set")]
    Unset(String),
    /// Whoever runs the program lets no file have a command run.
    #[error("the command {0:?} is not run, because {NO_COMMANDS} is set here; use `{{ env: NAME }}`, or unset it where \
             every change to the files has been reviewed", NO_COMMANDS = trust::NO_COMMANDS)]
    NotAllowed(String),
    /// The program could not be started.
    #[error("the command {0:?} could not be started: {1}")]
    NotStarted(String, String),
    /// The program ended with an error. Its output is not quoted: it may hold the secret.
    #[error("the command {0:?} ended with {1}")]
    CommandFailed(String, String),
    /// The program did not end in time, and was stopped.
    #[error(
        "the command {0:?} did not end within {1} s; it must not wait for input, and must close its output"
    )]
    TimedOut(String, u64),
    /// The program wrote more than any credential is long, and was stopped.
    #[error(
        "the command {0:?} wrote more than {LONGEST} bytes; it must write the credential and nothing else"
    )]
    TooLong(String),
    /// What it gave is empty, not UTF-8, or holds a line break or control character, which no header can carry.
    #[error("{0} gave no usable credential: it is empty, or holds a line break or a control character")]
    Unusable(String),
}

/// Fetches a credential. `env` looks a variable up; it is an argument so that tests need not set one. A command is run
/// unless the environment says that files may have none run.
///
/// # Errors
/// A [`SecretError`] that names the reference and never the value.
pub fn resolve_secret(
    reference: &SecretRef,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Secret, SecretError> {
    fetch(reference, env, |_| false)
}

/// Fetches a private key: unlike what goes into a header, it has lines.
///
/// # Errors
/// As [`resolve_secret`].
pub fn resolve_key(
    reference: &SecretRef,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Secret, SecretError> {
    fetch(reference, env, |c| matches!(c, '\n' | '\r'))
}

fn fetch(
    reference: &SecretRef,
    env: &dyn Fn(&str) -> Option<String>,
    also: fn(char) -> bool,
) -> Result<Secret, SecretError> {
    match reference {
        SecretRef::Env(name) => {
            let value = env(name).filter(|text| !text.is_empty());
            let value = value.ok_or_else(|| SecretError::Unset(name.to_string()))?;
            usable(value, also, || format!("the environment variable {name}"))
        }
        SecretRef::Command(words) => {
            let program = words.first().map_or("", |word| &**word);
            if !trust::commands(env) {
                return Err(SecretError::NotAllowed(program.to_owned()));
            }
            let arguments: Vec<&str> = words.iter().skip(1).map(|word| &**word).collect();
            let output = run(program, &arguments, TIMEOUT)?;
            let name = || format!("the command {program:?}");
            let text = String::from_utf8(output).map_err(|_| SecretError::Unusable(name()))?;
            usable(text, also, name)
        }
    }
}

/// What the program writes. It is stopped when it does not end in time or writes too much.
fn run(program: &str, arguments: &[&str], timeout: Duration) -> Result<Vec<u8>, SecretError> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| SecretError::NotStarted(program.to_owned(), error.to_string()))?;
    let ended = finish(&mut child, program, timeout);
    if ended.is_err() {
        // It may have ended by now, which is all that is wanted.
        let _ = child.kill();
        let _ = child.wait();
    }
    let (output, status) = ended?;
    if !status.success() {
        return Err(SecretError::CommandFailed(program.to_owned(), status.to_string()));
    }
    Ok(output)
}

fn finish(child: &mut Child, program: &str, timeout: Duration) -> Result<(Vec<u8>, ExitStatus), SecretError> {
    let started = Instant::now();
    let late = || SecretError::TimedOut(program.to_owned(), timeout.as_secs());
    let failed = |error: std::io::Error| SecretError::CommandFailed(program.to_owned(), error.to_string());
    let (send, receive) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // In a thread of its own, because a program that this one has started may hold the output open for ever.
        std::thread::spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(u64::from(LONGEST) + 1).read_to_end(&mut output);
            send.send(read.map(|_| output))
        });
    }
    let output = receive.recv_timeout(timeout).map_err(|_| late())?.map_err(failed)?;
    if output.len() > usize::from(LONGEST) {
        return Err(SecretError::TooLong(program.to_owned()));
    }
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok((output, status));
        }
        if started.elapsed() >= timeout {
            return Err(late());
        }
        std::thread::sleep(PAUSE);
    }
}

/// `also` says which control characters may be in it.
fn usable(text: String, also: fn(char) -> bool, name: impl Fn() -> String) -> Result<Secret, SecretError> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.chars().any(|c| c.is_control() && !also(c)) || !text.is_ascii() {
        return Err(SecretError::Unusable(name()));
    }
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_secret_cannot_be_printed() {
        assert!(!format!("{:?}", Secret::new("hunter2".to_owned())).contains("hunter2"));
    }

    #[test]
    fn an_unset_variable_is_named() {
        let error = resolve_secret(&SecretRef::Env(Arc::from("HEAP")), &|_| None).unwrap_err();
        assert_eq!(error, SecretError::Unset("HEAP".to_owned()));
    }

    #[test]
    fn a_line_end_is_no_part_of_a_secret_and_one_inside_is_refused() {
        let env = |text: &'static str| {
            resolve_secret(&SecretRef::Env(Arc::from("T")), &|_| Some(text.to_owned()))
                .map(|secret| secret.expose().to_owned())
        };
        assert_eq!(env("abc\n").unwrap(), "abc");
        assert!(env("abc\ndef").is_err());
    }

    #[cfg(unix)]
    fn shell(script: &str, timeout: Duration) -> Result<String, SecretError> {
        run("sh", &["-c", script], timeout).map(|output| String::from_utf8(output).unwrap())
    }

    #[cfg(unix)]
    #[test]
    fn a_command_gives_what_it_writes_or_says_that_it_failed() {
        assert_eq!(shell("printf abc", TIMEOUT), Ok("abc".to_owned()));
        assert!(matches!(shell("printf abc; exit 3", TIMEOUT), Err(SecretError::CommandFailed(..))));
        assert!(matches!(run("no-such-program", &[], TIMEOUT), Err(SecretError::NotStarted(..))));
    }

    #[test]
    fn a_command_is_not_run_where_commands_are_not_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("ran");
        let words = ["touch", mark.to_str().unwrap()].map(Arc::from).to_vec();
        let env = |name: &str| (name == "GRANTLINE_NO_COMMANDS").then(|| "1".to_owned());
        let error = resolve_secret(&SecretRef::Command(words), &env).unwrap_err();
        assert_eq!(error, SecretError::NotAllowed("touch".to_owned()));
        assert!(error.to_string().contains("GRANTLINE_NO_COMMANDS is set"), "{error}");
        assert!(!mark.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_does_not_end_is_stopped() {
        let begun = Instant::now();
        // Asleep, asleep with its output closed, and gone while another still holds its output.
        for script in ["sleep 60", "exec sleep 60 >&-", "sleep 60 & printf abc"] {
            let stopped = shell(script, Duration::from_millis(50));
            assert_eq!(stopped, Err(SecretError::TimedOut("sh".to_owned(), 0)), "{script}");
        }
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_writes_without_end_is_stopped() {
        assert_eq!(shell("yes", TIMEOUT), Err(SecretError::TooLong("sh".to_owned())));
    }
}
