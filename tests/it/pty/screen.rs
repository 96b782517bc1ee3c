//! What is painted, and when.

use std::time::Duration;

use rstest::rstest;

use super::{HELP, PRICES, started};
use crate::support::pty::{Seen, Session, Start};

const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

#[test]
fn the_first_bytes_are_one_whole_frame_on_the_alternate_screen() {
    let session = Session::start(&Start::default());
    session.wait_until("a frame", |seen| seen.raw().contains(END));

    let raw = session.look(Seen::raw);
    let frame = raw.strip_prefix(BEGIN).expect("a frame comes first");
    let frame = frame.split(END).next().unwrap();
    assert!(frame.starts_with("\x1b[?1049h"), "{frame:?}");
    assert!(frame.contains("\x1b[2J"));
    assert!(!frame.contains(BEGIN));
    let printable = frame.chars().filter(|letter| !letter.is_control()).count();
    assert!(printable > 200, "an empty first frame: {frame:?}");
}

#[test]
fn everything_after_the_first_frame_lies_in_frames() {
    let mut session = started(&Start::default());
    session.press("j");
    session.wait_until("ten frames", |seen| seen.raw().matches(END).count() >= 10);
    session.press("q");
    session.wait_for_exit();
    session.assert_restored();

    let raw = session.look(Seen::raw);
    let mut outside = String::new();
    for piece in raw.split(BEGIN) {
        outside.push_str(piece.split_once(END).map_or(piece, |(_, after)| after));
    }
    // The goodbye ends a frame too, in case one was cut off.
    let goodbye = "\x1b[m\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h";
    assert_eq!(outside.replace(END, ""), goodbye);
}

#[test]
fn a_key_moves_something() {
    let mut session = started(&Start {
        args: &["--feed", "none"],
        ..Start::default()
    });
    session.wait_for_silence(Duration::from_millis(300));
    let before = session.look(Seen::text);

    session.press("l");

    session.wait_until("another screen", |seen| seen.text() != before);
}

#[test]
fn help_opens_and_closes() {
    let mut session = started(&Start::default());

    session.press("?");
    session.wait_for(HELP);
    session.press("\x1b");

    session.wait_until("no help", |seen| !seen.text().contains(HELP));
}

#[test]
fn each_size_is_painted_whole_and_nothing_of_the_old_one_stays() {
    let session = started(&Start {
        size: (80, 24),
        ..Start::default()
    });
    for (cols, rows) in [(120, 40), (40, 12), (200, 60), (80, 24)] {
        let before = session.look(|seen| seen.bytes.len());
        session.resize(cols, rows);
        session.wait_until("a full repaint", |seen| {
            let new = String::from_utf8_lossy(&seen.bytes[before..]).into_owned();
            new.split(BEGIN)
                .any(|frame| frame.contains("\x1b[2J") && frame.contains(END))
        });
        session.wait_until("prices", |seen| seen.text().contains(PRICES));
        // A cursor address beyond the window means a picture of another size.
        let raw = session.look(|seen| String::from_utf8_lossy(&seen.bytes[before..]).into_owned());
        let frame = raw
            .split(BEGIN)
            .find(|frame| frame.contains("\x1b[2J"))
            .unwrap();
        assert!(
            highest_row(frame) <= rows,
            "row {} of {rows}",
            highest_row(frame)
        );
    }
}

/// Returns the largest row that a frame addresses.
fn highest_row(frame: &str) -> u16 {
    let addresses = frame.split("\x1b[").filter_map(|piece| {
        let end = piece.find(|letter: char| letter.is_ascii_alphabetic())?;
        (piece.as_bytes()[end] == b'H').then(|| &piece[..end])
    });
    addresses
        .filter_map(|address| address.split(';').next()?.parse().ok())
        .max()
        .unwrap_or(1)
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let session = Session::start(&Start {
        args: &["--feed", "none"],
        ..Start::default()
    });
    session.wait_until("a frame", |seen| seen.raw().contains(END));

    session.wait_for_silence(Duration::from_secs(2));
}

#[rstest]
#[case::colours(&[], true)]
#[case::no_color(&[("NO_COLOR", "1")], false)]
#[case::dumb_depth(&[("COLORTERM", ""), ("TERM", "vt100")], false)]
fn colours_are_used_only_where_they_are_wanted(
    #[case] env: &[(&str, &str)],
    #[case] is_coloured: bool,
) {
    let session = started(&Start {
        env,
        ..Start::default()
    });

    let (colours, attributes) = session.look(|seen| {
        let screen = seen.terminal.screen();
        let (rows, cols) = screen.size();
        let cells = (0..rows.get()).flat_map(|row| (0..cols.get()).map(move |col| (row, col)));
        let cells: Vec<_> = cells
            .filter_map(|(row, col)| screen.cell(row, col))
            .collect();
        let is_coloured = |cell: &&vt100::Cell| {
            cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default
        };
        let colours = cells.iter().copied().filter(is_coloured).count();
        let attributes = cells
            .iter()
            .filter(|cell| cell.bold() || cell.inverse())
            .count();
        (colours, attributes)
    });
    assert_eq!(colours > 0, is_coloured, "{colours} coloured cells");
    // Emphasis survives without colour (crossterm#1069 wiped it).
    assert!(attributes > 0, "no bold or reversed cell");
}
