//! The borrowed terminal: its modes, what comes in from it, and what goes out to it.
mod encoder;
mod glyph;
mod painter;
mod pen;
mod travel;
