//! Every file in `valid/` loads, every file in `invalid/` fails with the words of its snapshot.

use mda::config::print_toml;

use super::{assert_snapshot, files, load_file};

fn stem(path: &std::path::Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_valid_file_loads_and_shows_who_set_what() {
    for path in files("valid") {
        let settings = load_file(&path).unwrap();
        let name = format!("config_valid_{}", stem(&path));
        assert_snapshot(&name, &print_toml(&settings));
    }
}

#[test]
fn an_invalid_file_is_refused_with_every_problem_and_its_line() {
    for path in files("invalid") {
        let error = load_file(&path).unwrap_err();
        let name = format!("config_invalid_{}", stem(&path));
        assert_snapshot(&name, &error.to_string());
    }
}
