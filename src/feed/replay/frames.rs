//! [`FrameReplay`]: a file of captured messages, played through the venue's decoder with its time
//! differences.
//!
//! The venue is known by the host that the capture names. Bars close by the capture's time. At the
//! end of the file the bar that is forming stays so (its end has not passed in the recording), and
//! the feed closes.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::capture::{CaptureReader, Line};
use super::pace::Pace;
use crate::domain::{DataKind, FeedMode, NameError, Source, Timestamp};
use crate::feed::orders::{Order, Orders};
use crate::feed::outlet::Outlet;
use crate::feed::spec::ReplaySpeed;
use crate::feed::status::FeedStatus;
use crate::feed::venue::{self, Answer, Venue};
use crate::feed::{FeedContext, words};
use crate::runtime::{TaskError, TaskResult};

/// Lines read at a time.
const BATCH: usize = 256;

/// Unreadable lines before the first connection after which a file is no capture, however long it
/// is.
const UNREADABLE_MAX: u32 = 100;

/// Said of a file without a connection.
const NO_CAPTURE: &str =
    "not a capture: its first line does not name the venue (`wss://HOST <-> TIME`)";

/// A capture file and how to play it.
pub(in crate::feed) struct FrameReplay {
    pub(in crate::feed) path: PathBuf,
    pub(in crate::feed) speed: ReplaySpeed,
    pub(in crate::feed) status: Arc<FeedStatus>,
}

/// One play from the beginning.
struct Play<'a> {
    replay: &'a FrameReplay,
    context: &'a FeedContext,
    pace: Pace,
    began: Option<Timestamp>,
    venue: Option<(Box<dyn Venue>, Outlet)>,
    frames: u64,
    unreadable: u32,
    /// The host of the first HTTP answer.
    http_host: Option<String>,
}

/// How a play ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PlayEnd {
    /// Nothing is left; told in words.
    Finished(String),
    /// An order came.
    Ordered(Order),
}

impl FrameReplay {
    /// Plays the file, and again from the beginning whenever asked to, until told to stop.
    pub(in crate::feed) async fn run(
        &self,
        context: &FeedContext,
        mut orders: Orders,
    ) -> TaskResult {
        loop {
            self.status.step(FeedMode::Connecting, "opening the file");
            self.status.replay(self.speed.multiple(), None);
            let mut play = Play {
                replay: self,
                context,
                pace: Pace::new(Arc::clone(&context.clock), self.speed),
                began: None,
                venue: None,
                frames: 0,
                unreadable: 0,
                http_host: None,
            };
            let order = match play.play(&mut orders).await? {
                PlayEnd::Ordered(order) => order,
                PlayEnd::Finished(reason) => {
                    self.status.step(FeedMode::Closed, &reason);
                    orders.next().await
                }
            };
            match order {
                Order::Stop => {
                    self.status.step(FeedMode::Closed, "stopped");
                    return Ok(());
                }
                Order::Reconnect if self.status.mode() == FeedMode::Closed => {}
                Order::Reconnect => self
                    .status
                    .step(FeedMode::Reconnecting, "asked to play from the beginning"),
            }
        }
    }
}

impl Play<'_> {
    async fn play(&mut self, orders: &mut Orders) -> Result<PlayEnd, TaskError> {
        let path = self.replay.path.clone();
        let open = move || CaptureReader::open(&path);
        let mut reader = match unless_ordered(orders, open).await? {
            Err(order) => return Ok(PlayEnd::Ordered(order)),
            Ok(Ok(reader)) => reader,
            Ok(Err(error)) => {
                return Ok(PlayEnd::Finished(format!("cannot open the file: {error}")));
            }
        };
        loop {
            let read = move || {
                let batch = reader.batch(BATCH);
                (reader, batch)
            };
            let (back, batch) = match unless_ordered(orders, read).await? {
                Err(order) => return Ok(PlayEnd::Ordered(order)),
                Ok(read) => read,
            };
            reader = back;
            let lines = match batch {
                Ok(lines) if lines.is_empty() => return Ok(self.finished()),
                Ok(lines) => lines,
                Err(error) => {
                    return Ok(PlayEnd::Finished(format!("cannot read the file: {error}")));
                }
            };
            for line in lines {
                if let Some(end) = self.line(line, orders).await? {
                    return Ok(end);
                }
            }
        }
    }

    async fn line(
        &mut self,
        line: Line,
        orders: &mut Orders,
    ) -> Result<Option<PlayEnd>, TaskError> {
        match line {
            Line::PassedOver => Ok(None),
            Line::HttpAnswer { host } => {
                self.http_host.get_or_insert(host);
                Ok(None)
            }
            Line::Unreadable { start } => Ok(self.unreadable(&start)),
            Line::Opened { host, at } => Ok(self.open(&host, at)?),
            Line::Received { at, text } => {
                let began = *self.began.get_or_insert(at);
                if let Some(order) = self.pace.reach(at.since(began), orders).await {
                    return Ok(Some(PlayEnd::Ordered(order)));
                }
                Ok(self.frame(at, &text))
            }
        }
    }

    /// A connection of the recording: finds the venue, and keeps numbers and bars when it is the
    /// same as before.
    fn open(&mut self, host: &str, at: Timestamp) -> Result<Option<PlayEnd>, NameError> {
        self.began.get_or_insert(at);
        if self.venue.is_some() {
            return Ok(None);
        }
        let Some(venue) = venue::of_host(host) else {
            return Ok(Some(PlayEnd::Finished(format!(
                "captured from `{host}`, whose messages this version cannot read; it reads those \
                 of coinbase.com"
            ))));
        };
        let sources = sources_of(venue.name())?;
        let outlet = Outlet::new(
            self.context,
            Arc::clone(&self.replay.status),
            DataKind::Replay,
            sources,
        );
        self.venue = Some((venue, outlet));
        let reason = format!("playing at {}", words::speed(self.replay.speed));
        self.replay.status.step(FeedMode::Live, &reason);
        Ok(None)
    }

    fn frame(&mut self, at: Timestamp, text: &str) -> Option<PlayEnd> {
        let Some((venue, outlet)) = &mut self.venue else {
            return Some(PlayEnd::Finished(NO_CAPTURE.to_owned()));
        };
        let status = &self.replay.status;
        let ts_recv = Timestamp::from_micros(self.context.clock.unix_micros());
        status.message(ts_recv);
        status.replay(self.replay.speed.multiple(), Some(at));
        outlet.advance(at);
        self.frames += 1;
        match outlet.message(venue.as_ref(), text, ts_recv) {
            Some(Answer::Subscribed(symbols)) => status.discovered(&symbols),
            Some(Answer::Refused(said)) => {
                let said = words::quoted(&said);
                tracing::warn!(said, "the recorded venue refused a subscription");
            }
            None => {}
        }
        None
    }

    fn unreadable(&mut self, start: &str) -> Option<PlayEnd> {
        let status = &self.replay.status;
        status.undecodable("not a line of a capture", start);
        self.unreadable += 1;
        let is_hopeless = self.venue.is_none() && self.unreadable >= UNREADABLE_MAX;
        is_hopeless.then(|| PlayEnd::Finished(NO_CAPTURE.to_owned()))
    }

    fn finished(&self) -> PlayEnd {
        let frames = words::count(self.frames, "frame");
        let reason = match (&self.venue, &self.http_host) {
            (Some((_, outlet)), _) => {
                let trades = words::count(outlet.trades(), "trade");
                format!("end of file: {frames}, {trades}")
            }
            (None, Some(host)) => {
                format!("holds nothing but HTTP answers of `{host}`, which are not played")
            }
            (None, None) if self.unreadable > 0 => NO_CAPTURE.to_owned(),
            (None, None) => "the file is empty".to_owned(),
        };
        PlayEnd::Finished(reason)
    }
}

/// Does work on a file in a thread, unless an order comes before its end: a pipe that nobody
/// writes to, or a disk that is gone, must not hold up a stop. The thread is then left alone.
async fn unless_ordered<T, F>(orders: &mut Orders, work: F) -> Result<Result<T, Order>, TaskError>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    tokio::select! {
        biased;
        order = orders.next() => Ok(Err(order)),
        done = spawn_blocking(work) => Ok(Ok(done?)),
    }
}

/// The sources of a replayed venue: they never equal those of the venue itself.
fn sources_of(venue: &str) -> Result<(Source, Source), NameError> {
    let events = Source::parse(&format!("replay.{venue}"))?;
    let bars = Source::parse(&format!("replay.{venue}.trades"))?;
    Ok((events, bars))
}
