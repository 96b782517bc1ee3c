//! Colour reduction. STAND-IN: the screens' author owns this file.

use ratatui::buffer::Buffer;

use super::caps::ColorDepth;

/// Reduces the colours of a buffer.
pub fn reduce(buffer: &mut Buffer, depth: ColorDepth) {
    let _ = (buffer, depth);
}
