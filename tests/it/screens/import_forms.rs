//! The form that begins an import, seen from outside.
