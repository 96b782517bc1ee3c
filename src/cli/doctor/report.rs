//! [`Report`]: what was found, for people and for scripts.

use std::fmt::Write;

use serde::Serialize;
use serde_json::json;

use crate::cli::print;

/// How bad a finding is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// All is well.
    Ok,
    /// It works, and something is less than it could be.
    Warn,
    /// Something does not work.
    Fail,
}

impl Status {
    /// Returns the word.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    const fn color(self) -> &'static str {
        match self {
            Self::Ok => "32",
            Self::Warn => "33",
            Self::Fail => "31",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// What.
    pub(super) name: &'static str,
    /// How bad.
    pub(super) status: Status,
    /// What was found.
    pub(super) finding: String,
    /// What to do about it; absent when all is well.
    pub(super) remedy: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// In the order of looking.
    pub(super) checks: Vec<Check>,
}

impl Report {
    /// Returns how bad the worst finding is.
    pub(super) fn worst(&self) -> Status {
        let statuses = self.checks.iter().map(|check| check.status);
        statuses.max().unwrap_or(Status::Ok)
    }

    /// Writes the report for people: a line for each check, what to do below it.
    ///
    /// ```text
    /// ok    terminal     120x40, TERM is `xterm-256color`
    /// warn  log folder   `/home/ada/logs`: 700.0 MB free
    ///                    do: make room
    /// ```
    pub(super) fn table(&self, is_colored: bool) -> String {
        let names = self.checks.iter().map(|check| check.name.len());
        let width = names.max().unwrap_or(0);
        let indent = " ".repeat("warn  ".len() + width + 2);
        let mut text = String::new();
        for check in &self.checks {
            let status = painted(check.status, is_colored);
            let finding = check.finding.replace('\n', &format!("\n{indent}"));
            push_line(
                &mut text,
                format_args!("{status}  {:<width$}  {finding}", check.name),
            );
            if let Some(remedy) = &check.remedy {
                push_line(&mut text, format_args!("{indent}do: {remedy}"));
            }
        }
        let count = |status| self.checks.iter().filter(|c| c.status == status).count();
        let (ok, warn, fail) = (count(Status::Ok), count(Status::Warn), count(Status::Fail));
        push_line(
            &mut text,
            format_args!("\n{ok} ok, {warn} warn, {fail} fail"),
        );
        text
    }

    /// Writes the report for scripts.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        print::pretty(&json!({ "status": self.worst(), "checks": self.checks }))
    }
}

fn painted(status: Status, is_colored: bool) -> String {
    let word = format!("{:<4}", status.as_str());
    if is_colored {
        format!("\u{1b}[{}m{word}\u{1b}[0m", status.color())
    } else {
        word
    }
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing into a String cannot fail");
}
