//! `mda`: see the crate's documentation for the map, `mda --help` for the use.

fn main() -> std::process::ExitCode {
    mda::cli::run()
}
