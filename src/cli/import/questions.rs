//! What an import must be told, on stderr: a line for each question, with the flag that answers it.

use crate::api::{ImportJob, ImportQuestion, QuestionAbout};
use crate::cli::text::one_line;

/// Says what is asked, and how to call again; `words` are the command line that was called.
pub(super) fn told(job: &ImportJob, words: &[String]) -> String {
    let mut lines = vec![format!(
        "import {} is not sure how to read its files, and does not guess:",
        job.id
    )];
    lines.extend(job.questions.iter().map(line));
    lines.push(format!("call again with: {}", again(job, words)));
    lines.join("\n")
}

/// Writes one question in one line, the flag first.
fn line(question: &ImportQuestion) -> String {
    let flag = with_value(question.about);
    let text = one_line(&question.text);
    let file = one_line(&question.file);
    if question.choices.is_empty() {
        return format!("{flag}: {text} (file: {file})");
    }
    let choices = one_line(&question.choices.join(", "));
    format!("{flag}: {text} (file: {file}; choices: {choices})")
}

/// Writes the command line that was called, with the flags that are missing.
fn again(job: &ImportJob, words: &[String]) -> String {
    let called = words.iter().map(|word| quoted(word));
    called.chain(flags(job)).collect::<Vec<_>>().join(" ")
}

/// Returns the flags that answer, each once.
pub(super) fn flags(job: &ImportJob) -> Vec<String> {
    let mut flags: Vec<String> = Vec::new();
    for question in &job.questions {
        let flag = with_value(question.about);
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    flags
}

fn with_value(about: QuestionAbout) -> String {
    let value = match about {
        QuestionAbout::Symbol => "SYMBOL",
        QuestionAbout::Timeframe => "TF",
        QuestionAbout::Timezone => "TZ",
        QuestionAbout::DateOrder => "ORDER",
        QuestionAbout::Decimal => "SIGN",
        QuestionAbout::Columns => "NAME",
    };
    format!("{} {value}", about.flag())
}

/// Quotes a word for a shell where it needs that.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::import::fixtures::{job, question};

    fn words(line: &str) -> Vec<String> {
        line.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn each_question_is_a_line_that_begins_with_its_flag() {
        let mut job = job();
        job.questions = vec![
            question(QuestionAbout::Timezone, &["UTC", "America/New_York"]),
            question(QuestionAbout::Symbol, &[]),
        ];
        job.questions[0].text = "times carry no zone:\n`09:30`".to_owned();
        let told = told(&job, &words("mda|import|my prices.csv"));
        assert_eq!(
            told,
            "import 3 is not sure how to read its files, and does not guess:\n\
             --timezone TZ: times carry no zone: `09:30` \
             (file: /d/a.csv; choices: UTC, America/New_York)\n\
             --symbol SYMBOL: which symbol? (file: /d/a.csv)\n\
             call again with: mda import 'my prices.csv' --timezone TZ --symbol SYMBOL"
        );
    }

    #[test]
    fn every_question_has_the_flag_that_its_command_takes() {
        for about in [
            QuestionAbout::Symbol,
            QuestionAbout::Timeframe,
            QuestionAbout::Timezone,
            QuestionAbout::DateOrder,
            QuestionAbout::Decimal,
            QuestionAbout::Columns,
        ] {
            let value = match about {
                QuestionAbout::Symbol => "IBM",
                QuestionAbout::Timeframe => "1m",
                QuestionAbout::Timezone => "UTC",
                QuestionAbout::DateOrder => "dmy",
                QuestionAbout::Decimal => "comma",
                QuestionAbout::Columns => "yahoo",
            };
            for line in ["mda import a.csv", "mda import resume 3"] {
                let line = format!("{line} {} {value}", about.flag());
                assert!(
                    crate::cli::Cli::parse_from_words(line.split(' ')).is_ok(),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn words_are_quoted_as_a_shell_needs_it() {
        assert_eq!(quoted("a-b_1.csv"), "a-b_1.csv");
        assert_eq!(quoted("*.csv"), "'*.csv'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
