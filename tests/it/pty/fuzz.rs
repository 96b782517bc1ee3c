//! Two thousand keys that nobody would press.

use std::time::Duration;

use super::started;
use crate::support::pty::{PATIENCE, Seen, Session, Start};

const KEYS: usize = 2_000;
const SEED: u64 = 20_260_401;

const SEQUENCES: [&str; 24] = [
    "\x1b",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[H",
    "\x1b[F",
    "\x1b[Z",
    "\x1bOP",
    "\x1b[15~",
    "\x1b[1;5A",
    "\x1b[I",
    "\x1b[O",
    "\x1b[3~",
    "\r",
    "\t",
    "\x7f",
    "\x1b[",
    "\x1b[<0;5;5M",
    "\x1b]11;rgb:0/0/0\x1b\\",
    "\x1b[999;999R",
    "\x0c",
];
const PASTES: [&str; 3] = [
    "\x1b[200~BTC-USD\x1b[201~",
    "\x1b[200~紅\n\t\x1b[A\u{202e}é\x1b[201~",
    "\x1b[200~\x1b[201~",
];

/// Any character but those that leave: `q`, Ctrl-C, and Ctrl-Z and Ctrl-\ where they would.
fn any_key(random: &mut fastrand::Rng) -> String {
    match random.u8(0..20) {
        0..=3 => (*random.choice(SEQUENCES.iter()).unwrap()).to_owned(),
        4 => (*random.choice(PASTES.iter()).unwrap()).to_owned(),
        5 => (*random.choice(["é", "紅", "ß", "Ж", "🙂"].iter()).unwrap()).to_owned(),
        _ => {
            let key = char::from(random.u8(0x20..0x7f));
            if key == 'q' {
                "j".to_owned()
            } else {
                key.to_string()
            }
        }
    }
}

#[test]
fn no_keys_and_no_sizes_make_it_panic() {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut session = started(&Start::default());
    for number in 0..KEYS {
        let keys = any_key(&mut random);
        session.press_if_running(&keys);
        if number % 40 == 0 {
            session.resize(random.u16(1..=500), random.u16(1..=200));
        }
        if number % 100 == 0 && session.is_ended_within(Duration::from_millis(1)) {
            // A palette finds "quit" for less than its name.
            assert_ended_well(&mut session, number);
            session = started(&Start::default());
        }
    }
    session.resize(120, 40);

    // What is open closes with ESC; a `q` typed into a field is only a letter.
    let begin = session.elapsed();
    let mut keys = ["\x1b", "q"].into_iter().cycle();
    while !session.is_ended_within(Duration::from_millis(100)) {
        let text = session.look(Seen::text);
        assert!(session.since(begin) < PATIENCE, "{text}");
        session.press_if_running(keys.next().unwrap_or("q"));
    }
    assert_ended_well(&mut session, KEYS);
}

fn assert_ended_well(session: &mut Session, keys: usize) {
    let code = session.wait_for_exit().exit_code();
    let text = session.look(Seen::text);
    assert_eq!(code, 0, "after {keys} keys of seed {SEED}: {text}");
    session.assert_restored();
}
