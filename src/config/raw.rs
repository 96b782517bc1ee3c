//! [`RawSettings`]: one layer of settings, as its source gave it.

use super::Origin;
use super::table::setting;
use super::value::RawValue;

/// One layer: what a file, the environment or the command line sets, not yet checked.
///
/// A setting that is absent here is left to the layer below. Paths are those of the settings table:
/// a source that finds an unknown name reports it instead of adding it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawSettings {
    entries: Vec<RawEntry>,
}

/// One value of a layer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RawEntry {
    /// Path of the setting.
    pub(super) path: &'static str,
    /// What was given.
    pub(super) value: RawValue,
    /// Where.
    pub(super) origin: Origin,
}

impl RawSettings {
    /// Adds the value of the flag `name` (with dashes), if it was given.
    pub fn set_flag(&mut self, name: &'static str, path: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            let value = RawValue::Word(value.to_owned());
            self.push(path, value, Origin::Flag { name });
        }
    }

    /// Adds the values of the flag `name` (with dashes) that can be repeated, if it was given.
    pub fn set_flag_list(&mut self, name: &'static str, path: &'static str, values: &[String]) {
        if !values.is_empty() {
            let values = RawValue::Words(values.to_vec());
            self.push(path, values, Origin::Flag { name });
        }
    }

    pub(super) fn push(&mut self, path: &'static str, value: RawValue, origin: Origin) {
        debug_assert!(setting(path).is_some(), "`{path}` is in the table");
        self.entries.push(RawEntry {
            path,
            value,
            origin,
        });
    }

    /// Keeps the values of these origins.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&Origin) -> bool) {
        self.entries.retain(|entry| is_kept(&entry.origin));
    }

    pub(super) fn entries(&self) -> &[RawEntry] {
        &self.entries
    }
}
