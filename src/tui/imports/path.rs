//! [`Candidates`]: paths of the agent's machine that begin as what was typed.

use tui_input::Input;

/// The paths offered below the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Candidates {
    found: Vec<String>,
    /// The chosen one; absent: what was typed counts.
    cursor: Option<usize>,
    /// True after an answer, so that "nothing" can be told from "not asked".
    is_answered: bool,
}

impl Candidates {
    /// Returns the paths offered.
    pub(crate) fn found(&self) -> &[String] {
        &self.found
    }

    /// Returns the place of the chosen one.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// Returns true when the agent was asked, and nothing begins so.
    pub(crate) fn is_nothing(&self) -> bool {
        self.is_answered && self.found.is_empty()
    }

    /// Takes the agent's answer in, and writes what all paths share into the line.
    pub(crate) fn offer(&mut self, found: Vec<String>, line: &mut Input) {
        let typed = line.value().to_owned();
        let shared = shared_start(&found);
        if shared.starts_with(&typed) && shared.len() > typed.len() {
            *line = Input::new(shared.to_owned());
        }
        let is_settled = found.len() == 1;
        *self = Self {
            found: if is_settled { Vec::new() } else { found },
            cursor: None,
            is_answered: !is_settled,
        };
    }

    /// Chooses the next or the one before; before the first nothing is chosen.
    pub(crate) fn step(&mut self, is_forward: bool) {
        let last = self.found.len().saturating_sub(1);
        self.cursor = match (self.cursor, is_forward) {
            _ if self.found.is_empty() => None,
            (None, true) => Some(0),
            (None | Some(0), false) => None,
            (Some(at), true) => Some((at + 1).min(last)),
            (Some(at), false) => Some(at - 1),
        };
    }

    /// Drops the choice; returns true when there was one.
    pub(crate) fn unchoose(&mut self) -> bool {
        self.cursor.take().is_some()
    }

    /// Returns the chosen path and forgets the others; `None` when none is chosen.
    pub(crate) fn take(&mut self) -> Option<String> {
        let chosen = self.cursor.and_then(|at| self.found.get(at).cloned());
        if chosen.is_some() {
            *self = Self::default();
        }
        chosen
    }
}

/// Returns what all paths begin with.
fn shared_start(paths: &[String]) -> &str {
    let Some((first, rest)) = paths.split_first() else {
        return "";
    };
    let shared = |other: &String| {
        let letters = first.char_indices().zip(other.chars());
        let differs = letters
            .clone()
            .find(|((_, a), b)| a != b)
            .map(|((at, _), _)| at);
        differs.unwrap_or_else(|| first.len().min(other.len()))
    };
    let end = rest.iter().map(shared).min().unwrap_or(first.len());
    &first[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(typed: &str, found: &[&str]) -> (Candidates, String) {
        let mut candidates = Candidates::default();
        let mut line = Input::new(typed.to_owned());
        let found = found.iter().map(|path| (*path).to_owned()).collect();
        candidates.offer(found, &mut line);
        (candidates, line.value().to_owned())
    }

    #[test]
    fn the_line_grows_by_what_all_paths_share() {
        let (candidates, line) = offered("/da", &["/data/AAPL.csv", "/data/ABB.csv"]);
        assert_eq!(line, "/data/A");
        assert_eq!(candidates.found().len(), 2);
    }

    #[test]
    fn the_only_path_is_taken() {
        let (candidates, line) = offered("/da", &["/data/"]);
        assert_eq!(line, "/data/");
        assert!(candidates.found().is_empty() && !candidates.is_nothing());
    }

    #[test]
    fn nothing_begins_so_and_the_line_stays() {
        let (candidates, line) = offered("/x", &[]);
        assert_eq!(line, "/x");
        assert!(candidates.is_nothing());
    }

    #[test]
    fn letters_of_several_bytes_are_never_cut() {
        let (_, line) = offered("/é", &["/é漢.csv", "/é語.csv"]);
        assert_eq!(line, "/é");
    }

    #[test]
    fn above_the_first_nothing_is_chosen() {
        let (mut candidates, _) = offered("/", &["/a", "/b"]);
        candidates.step(true);
        candidates.step(true);
        candidates.step(true);
        assert_eq!(candidates.cursor(), Some(1));
        candidates.step(false);
        candidates.step(false);
        assert_eq!(candidates.cursor(), None);
        candidates.step(true);
        assert_eq!(candidates.take().as_deref(), Some("/a"));
        assert!(candidates.found().is_empty());
    }
}
