//! [`Watched`]: the program on a terminal, a venue, and the places of the screen that are read.

use crate::support::pty::{Seen, Session, Start};
use crate::support::venue_server::{Step, VenueServer};

/// Wide enough for a reason to stand in full beside the list.
const SIZE: (u16, u16) = (200, 50);

/// Time-outs short enough for a test; the wait between attempts is long enough to be read.
const ENV: [(&str, &str); 6] = [
    ("MDA_FEED_IDLE_TIMEOUT", "1s"),
    ("MDA_FEED_ACK_TIMEOUT", "500ms"),
    ("MDA_FEED_BACKOFF_MIN", "4s"),
    ("MDA_FEED_BACKOFF_MAX", "4s"),
    ("MDA_FEED_PROBE_TIMEOUT", "500ms"),
    ("MDA_DASHBOARD_FLASH", "false"),
];

/// A running program that looks at a venue.
pub(super) struct Watched {
    pub(super) session: Session,
    pub(super) venue: VenueServer,
}

impl Watched {
    /// Starts on both symbols.
    pub(super) fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::start_with(scripts, &["--feed", "coinbase:BTC-USD,ETH-USD"], &[])
    }

    /// Starts with these arguments and settings.
    pub(super) fn start_with(
        scripts: Vec<Vec<Step>>,
        args: &[&str],
        more: &[(&str, &str)],
    ) -> Self {
        let venue = VenueServer::start(scripts);
        let session = start_on(&venue.url(), args, more);
        Self { session, venue }
    }

    /// Waits until the feed's block says all of this, in its word, its reason or its counts.
    pub(super) fn feed_says(&self, parts: &[&str]) {
        feed_says(&self.session, "coinbase", parts);
    }

    /// Waits until the row of a symbol says this.
    pub(super) fn row_says(&self, symbol: &str, parts: &[&str]) {
        let what = format!("the row of {symbol} with {parts:?}");
        self.session.wait_until(&what, |seen| {
            let row = row_of(&seen.text(), symbol);
            row.is_some_and(|row| parts.iter().all(|part| row.contains(part)))
        });
    }

    /// Waits until the top bar says this.
    pub(super) fn top_says(&self, words: &str) {
        top_says(&self.session, words);
    }

    /// Fails when any row is called LIVE.
    pub(super) fn assert_no_row_is_live(&self) {
        let text = self.session.look(Seen::text);
        for symbol in super::SYMBOLS {
            let row = row_of(&text, symbol).expect("its row is shown");
            assert!(!row.contains("LIVE"), "{row:?} on\n{text}");
        }
    }
}

/// Starts the program on a venue at this address.
pub(super) fn start_on(url: &str, args: &[&str], more: &[(&str, &str)]) -> Session {
    let mut env = ENV.to_vec();
    env.push(("MDA_FEED_COINBASE_URL", url));
    env.extend(more);
    Session::start(&Start {
        args,
        size: SIZE,
        env: &env,
        script: None,
    })
}

/// Waits until the block of a feed says all of this.
pub(super) fn feed_says(session: &Session, feed: &str, parts: &[&str]) {
    let what = format!("the feed {feed} with {parts:?}");
    session.wait_until(&what, |seen| {
        let block = feed_of(&seen.text(), feed);
        block.is_some_and(|block| parts.iter().all(|part| block.contains(part)))
    });
}

/// Waits until the top bar says this.
pub(super) fn top_says(session: &Session, words: &str) {
    session.wait_until(&format!("{words} in the top bar"), |seen| {
        let text = seen.text();
        text.lines().next().is_some_and(|line| line.contains(words))
    });
}

/// Returns what the list says of a symbol: a line within borders that begins with it.
pub(super) fn row_of(text: &str, symbol: &str) -> Option<String> {
    let mut cells = text.lines().flat_map(|line| line.split('│'));
    let is_row = |cell: &&str| cell.trim_start_matches(['▸', ' ']).starts_with(symbol);
    cells.find(is_row).map(str::to_owned)
}

/// Returns a feed's block on one line: its state, its reason, its counts. Its first line begins
/// with a glyph and the name, the others are set further in.
fn feed_of(text: &str, feed: &str) -> Option<String> {
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.trim_end().split('│').collect())
        .collect();
    let (at, column) = lines.iter().enumerate().find_map(|(at, cells)| {
        let is_head = |cell: &&str| {
            let name = cell.trim_start_matches(['▸', '●', '▲', '○', '·', '×', '↻', '◇', ' ']);
            cell.len() > name.len() && name.split(' ').next() == Some(feed)
        };
        // Counted from the right: lists before it have columns of their own.
        Some((at, cells.iter().rev().position(is_head)?))
    })?;
    let cell_of = |cells: &Vec<&str>| {
        cells
            .iter()
            .rev()
            .nth(column)
            .map(|cell| (*cell).to_owned())
    };
    let is_more = |cell: &String| cell.starts_with("   ");
    let rest = lines[at + 1..]
        .iter()
        .map_while(cell_of)
        .take_while(is_more);
    let block = lines.get(at).and_then(cell_of).into_iter().chain(rest);
    let words: Vec<String> = block.map(|line| line.trim().to_owned()).collect();
    Some(words.join(" "))
}
