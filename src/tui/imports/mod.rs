//! Imports as the user has them: which one is selected, what can be asked of it, and the windows
//! that begin one, answer its questions and show what it rejected.
//!
//! Nothing here draws: `screen/imports` does. What is asked of the agent leaves as an
//! [`Effect`](super::Effect); its answer comes back to the window that asked, by the request's id,
//! and an answer whose window is gone is dropped.

pub(crate) mod answer;
mod asks;
mod dispatch;
mod form;
mod path;
mod rejects;
mod review;
mod verb;
mod view;
mod window;

pub(crate) use asks::Asks;
pub(crate) use dispatch::{
    act, answer_selected, on_key, on_paste, on_reply, open_form, open_rejects,
};
pub(crate) use form::{ImportForm, Purpose, Trouble, Wait};
pub(crate) use path::Candidates;
pub(crate) use rejects::RejectsView;
pub(crate) use review::Review;
pub(crate) use verb::{does_apply, verb_of_toggle};
pub(crate) use view::ImportsView;
pub(crate) use window::ImportWindow;
