//! The environment as a layer of settings: `MDA_` and the path of the setting in capitals.
//!
//! A variable that is empty counts as not set. An `MDA_…` variable that is no setting is not
//! refused (it may belong to another program) but reported as a warning.

use std::ffi::{OsStr, OsString};

use super::suggest::nearest_variable;
use super::table::{SETTINGS, Setting};
use super::value::RawValue;
use super::{Origin, Problem, RawSettings};

/// Read by the command line itself, in place of `--config`.
const CONFIG_VARIABLE: &str = "MDA_CONFIG";

/// What the environment gives.
#[derive(Debug, Default)]
pub(super) struct EnvironmentLayer {
    pub(super) settings: RawSettings,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

/// Reads every `MDA_…` variable.
pub(super) fn read_environment(variables: &[(OsString, OsString)]) -> EnvironmentLayer {
    let mut layer = EnvironmentLayer::default();
    for setting in &SETTINGS {
        let name = setting.env_name();
        let variable = variables
            .iter()
            .find(|(n, _)| n.as_os_str() == name.as_str());
        if let Some((_, value)) = variable.filter(|(_, value)| !value.is_empty()) {
            read_variable(&mut layer, setting, name, value);
        }
    }
    for (name, _) in variables {
        layer.warnings.extend(name.to_str().and_then(warning));
    }
    layer.warnings.sort();
    layer
}

fn read_variable(layer: &mut EnvironmentLayer, setting: &Setting, name: String, value: &OsStr) {
    let origin = Origin::Env { name };
    match value.to_str() {
        Some(text) => {
            let value = RawValue::Word(text.to_owned());
            layer.settings.push(setting.path, value, origin);
        }
        None => layer.problems.push(Problem::Value {
            origin,
            path: setting.path,
            found: value.to_string_lossy().into_owned(),
            reason: "expected text in UTF-8".to_owned(),
        }),
    }
}

/// Asks a test build for a fault; other builds do not read it.
const FAULT_VARIABLE: &str = "MDA_FAULT";

fn warning(name: &str) -> Option<String> {
    let known: Vec<String> = SETTINGS.iter().map(Setting::env_name).collect();
    let is_ours = name.starts_with("MDA_") && name != CONFIG_VARIABLE && name != FAULT_VARIABLE;
    if !is_ours || known.iter().any(|k| k == name) {
        return None;
    }
    let hint = nearest_variable(name, known.iter().map(String::as_str))
        .map(|known| format!("; did you mean `{known}`?"))
        .unwrap_or_default();
    Some(format!(
        "environment variable `{name}` is no setting and is ignored{hint}"
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    #[test]
    fn a_variable_is_named_after_its_setting() {
        let layer = read_environment(&variables(&[("MDA_DASHBOARD_THEME", "light")]));
        let entry = &layer.settings.entries()[0];
        assert_eq!(entry.path, "dashboard.theme");
        assert_eq!(entry.value, RawValue::Word("light".to_owned()));
        assert_eq!(entry.origin.to_string(), "environment MDA_DASHBOARD_THEME");
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let layer = read_environment(&variables(&[("MDA_LOG_LEVEL", "")]));
        assert_eq!(layer.settings, RawSettings::default());
    }

    #[test]
    fn an_unknown_variable_of_ours_is_warned_of() {
        let pairs = [
            ("MDA_DASHBORD_THEME", "x"),
            ("MDA_CONFIG", "x"),
            ("HOME", "/"),
        ];
        let layer = read_environment(&variables(&pairs));
        assert_eq!(
            layer.warnings,
            [
                "environment variable `MDA_DASHBORD_THEME` is no setting and is ignored; did you \
              mean `MDA_DASHBOARD_THEME`?"
            ]
        );
    }

    #[test]
    fn a_value_that_is_not_utf8_is_a_problem() {
        let value = OsString::from_vec(vec![b'l', 0xff]);
        let layer = read_environment(&[("MDA_LOG_LEVEL".into(), value)]);
        assert_eq!(
            layer.problems[0].to_string(),
            "environment MDA_LOG_LEVEL: `log.level` is `l\u{fffd}`: expected text in UTF-8"
        );
    }
}
