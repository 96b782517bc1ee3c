//! [`Toasts`]: short messages over the screen that go by themselves.
//!
//! Errors stay longer than notes; the same text again counts up (`×3`) instead of stacking.

use std::time::Duration;

use crate::domain::Timestamp;

/// Most toasts shown at once; older ones give way.
const SHOWN_MAX: usize = 3;

/// How important a toast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToastLevel {
    /// Something was done.
    Note,
    /// Something was refused or failed.
    Error,
}

impl ToastLevel {
    const fn lasts(self) -> Duration {
        match self {
            Self::Note => Duration::from_secs(3),
            Self::Error => Duration::from_secs(10),
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) level: ToastLevel,
    /// What happened.
    pub(crate) text: String,
    /// What to do next.
    pub(crate) next_step: Option<String>,
    /// How often it was said.
    pub(crate) times: u32,
    until: Timestamp,
}

/// The messages on screen, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Toasts {
    shown: Vec<Toast>,
}

impl Toasts {
    /// Shows a message, or counts it up.
    pub(crate) fn push(
        &mut self,
        level: ToastLevel,
        text: String,
        next_step: Option<String>,
        now: Timestamp,
    ) {
        let until = now.plus(level.lasts());
        let same = self.shown.iter_mut().find(|toast| toast.text == text);
        if let Some(toast) = same {
            toast.times += 1;
            toast.until = until;
            return;
        }
        if self.shown.len() == SHOWN_MAX {
            self.shown.remove(0);
        }
        self.shown.push(Toast {
            level,
            text,
            next_step,
            times: 1,
            until,
        });
    }

    /// Removes what is over.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        self.shown.retain(|toast| toast.until > now);
    }

    /// Returns when the next one goes.
    pub(crate) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.shown.iter().map(|toast| toast.until);
        ends.filter(|end| *end > now).min()
    }

    /// Returns what is shown, oldest first.
    pub(crate) fn shown(&self, now: Timestamp) -> impl Iterator<Item = &Toast> {
        self.shown.iter().filter(move |toast| toast.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn same_text_counts_up_and_lives_on() {
        let mut toasts = Toasts::default();
        toasts.push(ToastLevel::Note, "done".to_owned(), None, at(0));
        toasts.push(ToastLevel::Note, "done".to_owned(), None, at(2));
        let shown: Vec<_> = toasts.shown(at(4)).map(|toast| toast.times).collect();
        assert_eq!(shown, [2]);
        assert_eq!(toasts.next_end(at(4)), Some(at(5)));
        toasts.expire(at(5));
        assert_eq!(toasts.shown(at(0)).count(), 0);
    }

    #[test]
    fn oldest_gives_way() {
        let mut toasts = Toasts::default();
        for text in ["a", "b", "c", "d"] {
            toasts.push(ToastLevel::Error, text.to_owned(), None, at(0));
        }
        let texts: Vec<_> = toasts
            .shown(at(1))
            .map(|toast| toast.text.as_str())
            .collect();
        assert_eq!(texts, ["b", "c", "d"]);
    }
}
