//! The nearest known name to a misspelt one.

/// The least likeness, of 1, that is worth a suggestion.
const LIKENESS_MIN: f64 = 0.8;

/// How much the tables count, of 1, when two paths are compared: a key in the wrong table, or in
/// none, is a frequent slip.
const SECTION_WEIGHT: f64 = 0.1;

/// Returns the known path that `path` most likely stands for.
pub(super) fn nearest_path<'a>(
    path: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest(known, |candidate| {
        let (section, key) = split(path);
        let (other_section, other_key) = split(candidate);
        let likeness_of_keys = strsim::jaro_winkler(key, other_key);
        let likeness_of_sections = strsim::jaro_winkler(section, other_section);
        likeness_of_keys * (1.0 - SECTION_WEIGHT) + likeness_of_sections * SECTION_WEIGHT
    })
}

/// Returns the known variable that `name` most likely stands for.
pub(super) fn nearest_variable<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // All begin alike, so a measure that favours beginnings would find likeness everywhere.
    nearest(known, |candidate| {
        strsim::normalized_damerau_levenshtein(name, candidate)
    })
}

fn nearest<'a>(
    known: impl IntoIterator<Item = &'a str>,
    likeness: impl Fn(&str) -> f64,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::config::SETTINGS;

    #[rstest]
    #[case::letters_swapped("dashboard.thmee", Some("dashboard.theme"))]
    #[case::section_forgotten("theme", Some("dashboard.theme"))]
    #[case::wrong_section("log.theme", Some("dashboard.theme"))]
    #[case::shortened("dashboard.fps", Some("dashboard.fps_max"))]
    #[case::at_the_top("data-dir", Some("data_dir"))]
    #[case::nothing_like_it("xyzzy", None)]
    fn the_nearest_path_is_suggested(#[case] path: &str, #[case] expected: Option<&str>) {
        let known = SETTINGS.iter().map(|setting| setting.path);
        assert_eq!(nearest_path(path, known), expected);
    }

    #[rstest]
    #[case("MDA_LOG_LEVLE", Some("MDA_LOG_LEVEL"))]
    #[case("MDA_SHARED_DATA", None)]
    fn the_nearest_variable_is_suggested(#[case] name: &str, #[case] expected: Option<&str>) {
        let known: Vec<String> = SETTINGS
            .iter()
            .map(crate::config::Setting::env_name)
            .collect();
        let known = known.iter().map(String::as_str);
        assert_eq!(nearest_variable(name, known), expected);
    }
}
