//! Imports: the list, the selected one in full, the form that begins one with its preview, what
//! was rejected, and the pane of the overview. Each file draws one of them.

mod confirm;
mod detail;
mod form;
mod list;
mod preview;
mod preview_lines;
mod progress;
mod rejects;
mod window;

pub(super) use detail::draw as draw_detail;
pub(crate) use detail::scroll_max as detail_scroll_max;
pub(super) use list::draw as draw_list;
pub(crate) use preview::scroll_max as review_scroll_max;
pub(super) use progress::{draw as draw_progress, in_short};
pub(crate) use rejects::page as rejects_page;
pub(super) use window::{draw as draw_window, hints};
