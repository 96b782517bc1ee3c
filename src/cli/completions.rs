//! `mda completions SHELL`: prints a completion script.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::print;
use super::{Cli, Exit};

/// Prints the script of `shell`.
pub(super) fn run(shell: Shell) -> anyhow::Result<Exit> {
    print::result(&script(shell))?;
    Ok(Exit::Success)
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    generate(shell, &mut Cli::command(), "mda", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_completes_flags_and_subcommands() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for word in ["data-dir", "doctor"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }

    #[test]
    fn the_words_of_a_choice_are_completed() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            assert!(script(shell).contains("truecolor"), "{shell}");
        }
    }
}
