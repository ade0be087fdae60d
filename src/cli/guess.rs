//! Flags that other programs have, and what does the same here.

use super::Cli;
use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The flag's names without hyphens, the flag of the command that must be there for the tip to be right, and the tip.
type Guess = (&'static [&'static str], &'static str, &'static str);

const GUESSES: [Guess; 8] = [
    (
        &["json", "output", "o"],
        "out",
        "`--format json` prints the plan as JSON; `--out FILE` saves it for `grantline apply FILE`",
    ),
    (&["json", "output", "o"], "format", "`--format json` prints JSON"),
    (
        &["target", "t"],
        "vendor",
        "`--vendor VENDOR` limits it to one vendor; a single user or resource cannot be chosen",
    ),
    (&["dry-run"], "yes", "`grantline plan` shows what `apply` would do, and changes nothing"),
    (&["dry-run"], "out", "leave it away: `plan` changes nothing"),
    (&["refresh-only", "refresh"], "vendor", "leave it away: the vendors are read anew each time"),
    (&["out"], "out", "write `--out FILE` with two hyphens"),
    (&["auto-approve"], "yes", "write `--auto-approve` with two hyphens, or `--yes`"),
];

/// Puts the right tip in place of what merely resembles the flag.
pub(super) fn mend(error: &mut clap::Error, words: &[String]) {
    if let Some(tip) = tip(error, words) {
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}

fn tip(error: &clap::Error, words: &[String]) -> Option<&'static str> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let program = Cli::command();
    let command = words.iter().skip(1).find_map(|word| program.find_subcommand(word))?;
    let name = name(flag, words);
    let has = |long: &str| command.get_arguments().any(|argument| argument.get_long() == Some(long));
    GUESSES.iter().find(|(names, needs, _)| names.contains(&name) && has(needs)).map(|(.., tip)| *tip)
}

/// The flag's name. Of `-target` the parser only names `-t`: what it takes for several flags is one to whoever wrote it.
fn name<'a>(flag: &'a str, words: &'a [String]) -> &'a str {
    let written = match flag.starts_with("--") {
        true => None,
        false => words.iter().find(|word| word.starts_with(flag)),
    };
    let word = written.map_or(flag, String::as_str).trim_start_matches('-');
    word.split('=').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn tip_of(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let mut error = Cli::try_parse_from(&words).unwrap_err();
        mend(&mut error, &words);
        let said = error.to_string();
        assert!(said.matches("tip: ").count() <= 1, "{said}");
        said.split("tip: ").nth(1).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_flag_of_another_program_is_told_what_does_the_same_here() {
        for (line, part) in [
            ("grantline plan --json", "`--format json`"),
            ("grantline plan -o json", "`--format json`"),
            ("grantline plan --output json", "`--format json`"),
            ("grantline tasks --output=json", "`--format json` prints JSON"),
            ("grantline plan -out=plan.json", "`--out FILE`"),
            ("grantline plan --target crm", "`--vendor VENDOR`"),
            ("grantline apply -target=crm", "`--vendor VENDOR`"),
            ("grantline apply --dry-run", "`grantline plan`"),
            ("grantline plan --dry-run", "`plan` changes nothing"),
            ("grantline plan -refresh-only", "read anew"),
            ("grantline apply -auto-approve", "two hyphens"),
        ] {
            let tip = tip_of(line);
            assert!(tip.contains(part), "{line}: {tip:?}");
        }
    }

    #[test]
    fn a_tip_names_no_flag_that_the_command_has_not() {
        assert!(!tip_of("grantline schema --json").contains("--format"));
        assert!(tip_of("grantline plan --formt json").contains("--format"));
    }
}
