//! [`FeedStatus`]: what a feed's task writes and its viewers read.
//!
//! Counters and mode behind one short lock; [`FeedState`] is put together when somebody asks.
//! Changes of mode or reason are told through a watch, counters are not: they change with every
//! message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tracing::{error, info, warn};

use super::lag::LagWindow;
use super::mode::ModeMachine;
use crate::api::FeedState;
use crate::domain::{DataKind, FeedMode, Symbol, Timestamp};
use crate::runtime::{Clock, RateMeter};

/// Undecodable messages are logged one by one up to this many, then only counted.
const LOGGED_MAX: u64 = 5;

/// Characters of an undecodable message that are logged.
const SAMPLE_CHARS: usize = 200;

/// Who a feed is; told once.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) name: &'static str,
    pub(super) endpoint: String,
    pub(super) data_kind: DataKind,
}

/// One feed's state, shared between its task and its handles.
#[derive(Debug)]
pub(super) struct FeedStatus {
    identity: Identity,
    clock: Arc<dyn Clock>,
    rate: RateMeter,
    changes: watch::Sender<u64>,
    book: Mutex<Book>,
}

/// What changes.
#[derive(Debug)]
struct Book {
    machine: ModeMachine,
    was_live: bool,
    symbols: Vec<Symbol>,
    confirmed: u32,
    rejected: Vec<String>,
    last_message: Option<Timestamp>,
    messages: u64,
    connections: u64,
    attempt: u32,
    next_attempt: Option<Timestamp>,
    missing_events: u64,
    undecodable: u64,
    repeated_trades: u64,
    late_trades: u64,
    lag: LagWindow,
    replay_speed: Option<f64>,
    replay_time: Option<Timestamp>,
}

impl FeedStatus {
    /// A feed that is about to connect.
    pub(super) fn new(identity: Identity, symbols: Vec<Symbol>, clock: Arc<dyn Clock>) -> Self {
        let now = Timestamp::from_micros(clock.unix_micros());
        Self {
            rate: RateMeter::new(Arc::clone(&clock)),
            changes: watch::Sender::new(0),
            book: Mutex::new(Book {
                machine: ModeMachine::new(now, "starting"),
                was_live: false,
                symbols,
                confirmed: 0,
                rejected: Vec::new(),
                last_message: None,
                messages: 0,
                connections: 0,
                attempt: 0,
                next_attempt: None,
                missing_events: 0,
                undecodable: 0,
                repeated_trades: 0,
                late_trades: 0,
                lag: LagWindow::default(),
                replay_speed: None,
                replay_time: None,
            }),
            identity,
            clock,
        }
    }

    /// Puts together what a viewer sees.
    pub(super) fn state(&self) -> FeedState {
        let now = self.clock.monotonic();
        let mut book = self.book();
        FeedState {
            name: self.identity.name.to_owned(),
            endpoint: self.identity.endpoint.clone(),
            data_kind: self.identity.data_kind,
            mode: book.machine.mode(),
            since: book.machine.since(),
            reason: book.machine.reason().to_owned(),
            last_message: book.last_message,
            messages: book.messages,
            messages_per_sec: self.rate.per_sec(),
            symbols: book.confirmed,
            rejected: book.rejected.clone(),
            reconnects: book.connections.saturating_sub(1),
            next_attempt: book.next_attempt,
            attempt: book.attempt,
            missing_events: book.missing_events,
            undecodable: book.undecodable,
            repeated_trades: book.repeated_trades,
            late_trades: book.late_trades,
            venue_lag_micros: book.lag.median(now),
            replay_speed: book.replay_speed,
            replay_time: book.replay_time,
        }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn symbols(&self) -> Vec<Symbol> {
        self.book().symbols.clone()
    }

    pub(super) const fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn mode(&self) -> FeedMode {
        self.book().machine.mode()
    }

    /// Returns true once the feed has been live or degraded: what it asked for was right then.
    pub(super) fn was_live(&self) -> bool {
        self.book().was_live
    }

    /// Goes to a mode, or stays in it for another reason. A step the table refuses is a fault of
    /// ours: logged, not taken.
    pub(super) fn step(&self, to: FeedMode, reason: &str) {
        let now = Timestamp::from_micros(self.clock.unix_micros());
        let outcome = {
            let mut book = self.book();
            let outcome = book.machine.step(to, reason, now);
            if outcome.is_ok() {
                book.enter(to);
            }
            outcome
        };
        match outcome {
            Ok(false) => {}
            Ok(true) => self.tell_step(to, reason),
            Err(illegal) => {
                debug_assert!(false, "{illegal}");
                error!(feed = self.identity.name, %illegal, reason, "feed mode not changed");
            }
        }
    }

    fn tell_step(&self, to: FeedMode, reason: &str) {
        let feed = self.identity.name;
        let mode = to.as_str();
        match to {
            FeedMode::Connecting | FeedMode::Live => info!(feed, mode, reason, "feed mode"),
            FeedMode::Degraded | FeedMode::Reconnecting | FeedMode::Closed => {
                warn!(feed, mode, reason, "feed mode");
            }
        }
        self.changes.send_modify(|number| *number += 1);
    }

    /// Counts an attempt that will begin after `wait`; returns its number since the feed was last
    /// live.
    pub(super) fn plan_attempt(&self, wait: Duration) -> u32 {
        let now = Timestamp::from_micros(self.clock.unix_micros());
        let mut book = self.book();
        book.attempt += 1;
        book.next_attempt = Some(now.plus(wait));
        book.attempt
    }

    pub(super) fn connection_opened(&self) {
        self.book().connections += 1;
    }

    pub(super) fn message(&self, ts_recv: Timestamp) {
        self.rate.record(1);
        let mut book = self.book();
        book.messages += 1;
        book.last_message = Some(ts_recv);
    }

    /// Counts a message that could not be read, and logs the first few with a sample.
    pub(super) fn undecodable(&self, why: &str, message: &str) {
        let count = {
            let mut book = self.book();
            book.undecodable += 1;
            book.undecodable
        };
        if count <= LOGGED_MAX {
            let sample: String = message.chars().take(SAMPLE_CHARS).collect();
            warn!(
                feed = self.identity.name,
                why, sample, "message not understood"
            );
        }
    }

    pub(super) fn missing(&self, events: u64) {
        let mut book = self.book();
        book.missing_events = book.missing_events.saturating_add(events);
    }

    pub(super) fn repeated_trade(&self) {
        self.book().repeated_trades += 1;
    }

    pub(super) fn late_trade(&self) {
        self.book().late_trades += 1;
    }

    pub(super) fn lag(&self, lag_micros: i64) {
        let now = self.clock.monotonic();
        self.book().lag.record(now, lag_micros);
    }

    /// Tells which symbols the venue took and which it did not.
    pub(super) fn subscription(&self, confirmed: usize, rejected: Vec<String>) {
        let mut book = self.book();
        book.confirmed = u32::try_from(confirmed).unwrap_or(u32::MAX);
        book.rejected = rejected;
    }

    /// Adds symbols that were not known before the data told of them; all of them count as
    /// confirmed.
    pub(super) fn discovered(&self, symbols: &[Symbol]) {
        let mut book = self.book();
        for symbol in symbols {
            if !book.symbols.contains(symbol) {
                book.symbols.push(symbol.clone());
            }
        }
        book.confirmed = u32::try_from(book.symbols.len()).unwrap_or(u32::MAX);
    }

    pub(super) fn replay(&self, speed: Option<f64>, time: Option<Timestamp>) {
        let mut book = self.book();
        book.replay_speed = speed;
        book.replay_time = time;
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// What a mode means for the counters.
    fn enter(&mut self, mode: FeedMode) {
        match mode {
            FeedMode::Live | FeedMode::Degraded => {
                self.was_live = true;
                self.attempt = 0;
                self.next_attempt = None;
            }
            FeedMode::Connecting | FeedMode::Closed => self.next_attempt = None,
            FeedMode::Reconnecting => {}
        }
    }
}
