//! The settings: read from a file, the environment and the flags, checked once, typed ever after.
//!
//! One table ([`SETTINGS`]) names every setting, its kind, its default and what it is for. It
//! drives the reading of all three sources, `mda config print`, the commented example file,
//! `docs/CONFIG.md` and the JSON schema, so none of them can differ from another. Where a value
//! is given twice, the flag wins over the environment, the environment over the file, and the
//! file over the default; each value remembers where it came from ([`Origin`]).
//!
//! Nothing here opens a service, makes a folder or writes a file. Reading fails as a whole: a
//! wrong or unknown setting is a [`ConfigError`] that lists every problem found, each with its
//! file and line, its variable or its flag.

mod choice;
mod document;
mod duration;
mod environment;
mod error;
mod file;
mod kind;
mod load;
mod origin;
mod platform;
mod raw;
mod schema;
mod settings;
mod suggest;
mod table;
mod value;

pub use choice::{Choice, Profile, words};
pub use document::{example_file, print_toml, reference_page};
pub use duration::{format_duration, parse_duration};
pub use error::{ConfigError, Problem};
pub use kind::Kind;
pub use load::{Sources, load};
pub use origin::Origin;
pub use platform::Platform;
pub use raw::RawSettings;
pub use schema::json_schema;
pub use settings::{DashboardSettings, FeedSettings, LogSettings, SettingValue, Settings};
pub use table::{Preset, SETTINGS, Setting};
pub use value::Value;
