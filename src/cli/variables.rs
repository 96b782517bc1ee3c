//! [`Variables`]: what the environment says of the terminal.

use std::env;

use crate::tui::CapsRequest;

/// The variables that say what a terminal can; absent and empty are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Variables {
    pub(super) term: Option<String>,
    pub(super) colorterm: Option<String>,
    pub(super) no_color: Option<String>,
    pub(super) lc_all: Option<String>,
    pub(super) lc_ctype: Option<String>,
    pub(super) lang: Option<String>,
}

impl Variables {
    pub(super) fn from_process() -> Self {
        let value = |name| {
            let value = env::var_os(name).filter(|value| !value.is_empty())?;
            Some(value.to_string_lossy().into_owned())
        };
        Self {
            term: value("TERM"),
            colorterm: value("COLORTERM"),
            no_color: value("NO_COLOR"),
            lc_all: value("LC_ALL"),
            lc_ctype: value("LC_CTYPE"),
            lang: value("LANG"),
        }
    }

    /// Returns what the dashboard judges by, with nothing set.
    pub(super) fn caps_request(&self) -> CapsRequest<'_> {
        CapsRequest {
            no_color: self.no_color.as_deref(),
            colorterm: self.colorterm.as_deref(),
            term: self.term.as_deref(),
            lc_all: self.lc_all.as_deref(),
            lc_ctype: self.lc_ctype.as_deref(),
            lang: self.lang.as_deref(),
            ..CapsRequest::default()
        }
    }
}
