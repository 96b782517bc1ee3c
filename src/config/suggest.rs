//! The nearest known name to a misspelt one.

/// The least likeness, of 1, that is worth a suggestion.
const LIKENESS_MIN: f64 = 0.6;

/// How much less a likeness of last parts counts than one of whole names.
const LAST_PART_WEIGHT: f64 = 0.95;

/// Returns the known name that `name` most likely stands for. Names are dotted paths, or variables
/// (`MDA_…`); a path whose last part fits (`theme` for `dashboard.theme`) counts too.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let likeness = likeness(name, candidate);
        let is_better = best.is_none_or(|(best, _)| likeness > best);
        if likeness >= LIKENESS_MIN && is_better {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn likeness(name: &str, candidate: &str) -> f64 {
    let whole = strsim::normalized_damerau_levenshtein(name, candidate);
    let last = strsim::normalized_damerau_levenshtein(last_part(name), last_part(candidate));
    whole.max(last * LAST_PART_WEIGHT)
}

fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const KNOWN: [&str; 4] = ["data_dir", "dashboard", "dashboard.theme", "log.level"];

    #[rstest]
    #[case::letters_swapped("dashboard.thmee", Some("dashboard.theme"))]
    #[case::section_misspelt("dashbord", Some("dashboard"))]
    #[case::section_forgotten("theme", Some("dashboard.theme"))]
    #[case::wrong_section("log.theme", Some("dashboard.theme"))]
    #[case::nothing_like_it("xyzzy", None)]
    fn the_nearest_name_is_suggested(#[case] name: &str, #[case] expected: Option<&str>) {
        assert_eq!(nearest(name, KNOWN), expected);
    }
}
