//! The settings as documents, all made from the settings table: the commented example file, the
//! reference page (`docs/CONFIG.md`), and the values in effect as TOML.

use std::fmt::Write;

use super::kind::Kind;
use super::settings::{SettingValue, Settings};
use super::table::{Preset, SETTINGS, Setting};

const WIDTH: usize = 98;

const EXAMPLE_HEAD: &str = "\
# Settings of Market Data Agent, each with its default.
#
# Copy this file to the place that `mda config path` names, take away the `#` before a setting, and
# change it. `mda config check` checks it; `mda config print` shows what is in effect, and why.
# A flag wins over the environment, the environment over this file, this file over the default.
";

const REFERENCE_HEAD: &str = "\
# Settings

`mda` needs no settings. Where you want others than the defaults, set them in one of three places:

1. **a flag**, for one run (`mda --help`);
2. **the environment**, a variable named after the setting: `MDA_DASHBOARD_THEME=light`;
3. **the config file**, in [TOML](https://toml.io): `config.toml` in the folder that
   `mda config path` names, or any other with `--config FILE` or `MDA_CONFIG=FILE`.

The flag wins over the environment, the environment over the file, the file over the default. To
begin, copy [`config/example.toml`](../config/example.toml).

| Command | What it does |
|---|---|
| `mda config check` | reports everything that is wrong, with its line, and what would be right |
| `mda config print` | prints every value in effect, and who set it; `--format json` for programs |
| `mda config path` | prints every path that is used, and whether it exists |
| `mda config schema` | prints a JSON schema of the file, for editors |

An unknown key is an error. An empty variable counts as not set. A duration is a whole number and a
unit: `250ms`, `10s`, `2m`, `1h`. In a variable, true and false may also be `on` and `off`, symbols
are separated by commas, and feeds by semicolons.
";

/// Returns the commented example file (`config/example.toml`).
pub fn example_file() -> String {
    let mut text = EXAMPLE_HEAD.to_owned();
    let mut section = "";
    for setting in &SETTINGS {
        begin_section(&mut text, &mut section, setting);
        text.push('\n');
        push_comment(&mut text, setting.about);
        let values = format!("Takes {}.", setting.kind.expected());
        push_comment(&mut text, &values);
        if let Some(choice) = choice(setting) {
            push_comment(&mut text, &format!("Not set: {choice}."));
        }
        let example = example(setting);
        push_line(&mut text, format_args!("#{} = {example}", setting.key()));
    }
    text
}

/// Returns the reference page (`docs/CONFIG.md`).
pub fn reference_page() -> String {
    let mut text = REFERENCE_HEAD.to_owned();
    let mut section = None;
    for setting in &SETTINGS {
        if section != Some(setting.section()) {
            section = Some(setting.section());
            let title = match setting.section() {
                "" => "At the top".to_owned(),
                name => format!("`[{name}]`"),
            };
            push_line(&mut text, format_args!("\n## {title}\n"));
            text.push_str("| Setting | Default | Takes | What it is for |\n|---|---|---|---|\n");
        }
        push_row(&mut text, setting);
    }
    text
}

/// Returns the values in effect as a config file, each with its origin in a comment.
pub fn print_toml(settings: &Settings) -> String {
    let mut text = String::new();
    let mut section = "";
    for SettingValue {
        setting,
        value,
        origin,
    } in settings.values()
    {
        begin_section(&mut text, &mut section, setting);
        let key = setting.key();
        if let Some(value) = value.to_toml() {
            push_line(&mut text, format_args!("{key} = {value}  # {origin}"));
        } else {
            let choice = choice(setting).unwrap_or("not set");
            push_line(&mut text, format_args!("# {key}: {choice}"));
        }
    }
    text
}

fn begin_section(text: &mut String, section: &mut &'static str, setting: &Setting) {
    if *section != setting.section() {
        *section = setting.section();
        push_line(text, format_args!("\n[{section}]"));
    }
}

fn push_row(text: &mut String, setting: &Setting) {
    let default = match setting.default {
        Preset::Text(default) => format!("`{default}`"),
        Preset::DataFolder => "the platform's data folder (Linux: `~/.local/share/mda`)".to_owned(),
        Preset::Unset { choice, .. } => choice.to_owned(),
    };
    let (path, env_name) = (setting.path, setting.env_name());
    let (takes, about) = (setting.kind.expected(), setting.about);
    let name = format!("`{path}`<br>`{env_name}`");
    push_line(
        text,
        format_args!("| {name} | {default} | {takes} | {about} |"),
    );
}

fn choice(setting: &Setting) -> Option<&'static str> {
    match setting.default {
        Preset::Text(_) => None,
        Preset::DataFolder => Some("the platform's data folder (Linux: `~/.local/share/mda`)"),
        Preset::Unset { choice, .. } => Some(choice),
    }
}

/// Returns the default, or a value one might set, as TOML.
fn example(setting: &Setting) -> String {
    let text = match setting.default {
        Preset::Text(text) => text,
        Preset::DataFolder => "~/mda",
        Preset::Unset { example, .. } => example,
    };
    let quote = |text: &str| format!("\"{text}\"");
    match &setting.kind {
        Kind::Feeds(_) => format!("[{}]", quote(text)),
        Kind::Symbols(_) => {
            let symbols: Vec<String> = text.split(',').map(quote).collect();
            format!("[{}]", symbols.join(", "))
        }
        Kind::Count { .. } | Kind::Switch(_) => text.to_owned(),
        Kind::Folder(_) | Kind::WebSocketUrl(_) | Kind::Duration { .. } | Kind::Word { .. } => {
            quote(text)
        }
    }
}

/// Appends `sentence` as comment lines of at most [`WIDTH`] characters.
fn push_comment(text: &mut String, sentence: &str) {
    let mut line = "#".to_owned();
    for word in sentence.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            push_line(text, format_args!("{line}"));
            "#".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(word);
    }
    push_line(text, format_args!("{line}"));
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing into a String cannot fail");
}
