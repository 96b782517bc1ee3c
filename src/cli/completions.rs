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
    fn every_shell_completes_flags_subcommands_and_words() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for word in ["data-dir", "doctor", "truecolor"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}
