//! [`Session`]: one connection to a venue, from the request to whatever ends it.
//!
//! It subscribes, waits for the venue's word, passes messages to the [`Outlet`], and judges on
//! every tick whether the feed is live, degraded or lost. Messages count as life, pings do not: a
//! venue that only answers pings is mute. What it cannot read it counts and passes over. It never
//! reconnects; [`super::live`] does.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::connect::{self, Socket};
use super::live::LiveFeed;
use super::orders::{Order, Orders};
use super::outlet::Outlet;
use super::subscription::{Complaint, Subscription};
use super::venue::Answer;
use super::words;
use crate::domain::{FeedMode, Symbol, Timestamp};

/// How often time-outs are looked at and bars closed by the clock, at most.
const TICK: Duration = Duration::from_millis(100);

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_millis(250);

/// What ended a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// We were told to stop.
    Stopped,
    /// We were told to begin anew.
    AskedToReconnect,
    /// It failed, for this reason; another attempt may succeed.
    Lost(String),
    /// The venue refuses what we ask for; asking again the same way is of no use.
    Rejected(String),
}

/// One open connection.
struct Session<'a> {
    feed: &'a LiveFeed,
    outlet: &'a mut Outlet,
    socket: Socket,
    subscription: Subscription,
    last_message: Duration,
    /// What the venue complained of while subscribed, and when.
    complaint: Option<(String, Duration)>,
}

/// Opens a connection and serves it until it ends.
pub(super) async fn run(feed: &LiveFeed, outlet: &mut Outlet, orders: &mut Orders) -> SessionEnd {
    let socket = tokio::select! {
        biased;
        order = orders.next() => return end_of(order),
        opened = connect::connect(feed.venue.url(), &feed.config) => match opened {
            Ok(socket) => socket,
            Err(why) => return SessionEnd::Lost(why),
        },
    };
    feed.status.connection_opened();
    let now = feed.clock.monotonic();
    let mut session = Session {
        feed,
        outlet,
        socket,
        subscription: Subscription::new(feed.symbols.clone(), now),
        last_message: now,
        complaint: None,
    };
    let end = session.serve(orders).await;
    session.outlet.connection_ended();
    feed.status.subscription(0, session.rejected());
    end
}

const fn end_of(order: Order) -> SessionEnd {
    match order {
        Order::Stop => SessionEnd::Stopped,
        Order::Reconnect => SessionEnd::AskedToReconnect,
    }
}

impl Session<'_> {
    async fn serve(&mut self, orders: &mut Orders) -> SessionEnd {
        self.explain_waiting();
        if let Err(end) = self.subscribe(&self.feed.symbols).await {
            return end;
        }
        let mut ticks = interval(self.tick());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Orders first: a flood of messages must not outvote them; then time, which ends a mute
            // connection.
            let ended = tokio::select! {
                biased;
                order = orders.next() => {
                    self.say_goodbye().await;
                    return end_of(order);
                }
                _ = ticks.tick() => self.on_tick(),
                message = self.socket.next() => self.on_message(message).await,
            };
            if let Err(end) = ended {
                return end;
            }
        }
    }

    /// Often enough for the shortest time-out.
    fn tick(&self) -> Duration {
        let config = &self.feed.config;
        let shortest = config.ack_timeout.min(config.idle_timeout) / 4;
        shortest.clamp(Duration::from_millis(5), TICK)
    }

    async fn subscribe(&mut self, symbols: &[Symbol]) -> Result<(), SessionEnd> {
        let limit = self.feed.config.ack_timeout;
        for frame in self.feed.venue.subscribe_frames(symbols) {
            match timeout(limit, self.socket.send(Message::text(frame))).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(SessionEnd::Lost(words::of_lost(&error))),
                Err(_elapsed) => {
                    let why = format!("could not subscribe within {}", words::secs(limit));
                    return Err(SessionEnd::Lost(why));
                }
            }
        }
        Ok(())
    }

    async fn on_message(
        &mut self,
        message: Option<Result<Message, SocketError>>,
    ) -> Result<(), SessionEnd> {
        let lost = |why: String| Err(SessionEnd::Lost(why));
        match message {
            None => lost("the connection was cut".to_owned()),
            Some(Err(error)) => lost(words::of_lost(&error)),
            Some(Ok(Message::Close(frame))) => lost(words::of_close(frame.as_ref())),
            Some(Ok(Message::Text(text))) => self.on_text(text.as_str()).await,
            Some(Ok(Message::Binary(bytes))) => {
                self.heard();
                let what = format!("{} bytes", bytes.len());
                self.feed.status.undecodable("a binary message", &what);
                Ok(())
            }
            // The WebSocket layer answers pings; neither is a sign of data.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(()),
        }
    }

    fn heard(&mut self) -> Timestamp {
        let ts_recv = Timestamp::from_micros(self.feed.clock.unix_micros());
        self.last_message = self.feed.clock.monotonic();
        self.feed.status.message(ts_recv);
        ts_recv
    }

    async fn on_text(&mut self, text: &str) -> Result<(), SessionEnd> {
        let ts_recv = self.heard();
        match self.outlet.message(self.feed.venue.as_ref(), text, ts_recv) {
            None => Ok(()),
            Some(Answer::Subscribed(symbols)) => {
                self.subscription.confirm(symbols);
                self.tell_subscription();
                self.judge();
                Ok(())
            }
            Some(Answer::Refused(said)) => self.on_refusal(&said).await,
        }
    }

    async fn on_refusal(&mut self, said: &str) -> Result<(), SessionEnd> {
        let now = self.feed.clock.monotonic();
        let refused = format!(
            "the venue refused the subscription: {}",
            words::quoted(said)
        );
        match self.subscription.complain(said, now) {
            Complaint::AskAgain(symbols) => {
                self.tell_subscription();
                self.subscribe(&symbols).await
            }
            // What once worked may work again; what never did will not.
            Complaint::Whole if self.feed.status.was_live() => Err(SessionEnd::Lost(refused)),
            Complaint::Whole | Complaint::NothingLeft => Err(SessionEnd::Rejected(refused)),
            Complaint::Other => {
                self.complaint = Some((words::quoted(said), now));
                self.judge();
                Ok(())
            }
        }
    }

    fn on_tick(&mut self) -> Result<(), SessionEnd> {
        let config = &self.feed.config;
        let now = self.feed.clock.monotonic();
        self.outlet
            .advance(Timestamp::from_micros(self.feed.clock.unix_micros()));
        if self.subscription.give_up_waiting(now, config.ack_timeout) {
            self.tell_subscription();
            if self.subscription.confirmed() == 0 {
                let waited = words::secs(config.ack_timeout);
                let why = format!("the venue did not confirm the subscription within {waited}");
                return Err(SessionEnd::Lost(why));
            }
        }
        if now.saturating_sub(self.last_message) >= config.idle_timeout {
            let why = format!("no message for {}", words::secs(config.idle_timeout));
            return Err(SessionEnd::Lost(why));
        }
        self.judge();
        Ok(())
    }

    fn explain_waiting(&self) {
        let wanted = self.subscription.wanted() as u64;
        let reason = format!(
            "connected; waiting for {} to be confirmed",
            words::count(wanted, "symbol")
        );
        self.feed.status.step(FeedMode::Connecting, &reason);
    }

    fn rejected(&self) -> Vec<String> {
        self.subscription.rejected(self.feed.config.ack_timeout)
    }

    fn tell_subscription(&self) {
        let confirmed = self.subscription.confirmed();
        self.feed.status.subscription(confirmed, self.rejected());
    }

    /// Goes to live or degraded, once the subscription is answered.
    fn judge(&self) {
        if !self.subscription.is_answered() {
            return;
        }
        if let Some(problem) = self.problem() {
            return self.feed.status.step(FeedMode::Degraded, &problem);
        }
        let confirmed = words::count(self.subscription.confirmed() as u64, "symbol");
        let reason = format!("{confirmed} confirmed");
        self.feed.status.step(FeedMode::Live, &reason);
    }

    /// Names what is wrong, worst first.
    fn problem(&self) -> Option<String> {
        let config = &self.feed.config;
        let rejected = self.rejected();
        if !rejected.is_empty() {
            let wanted = self.subscription.wanted();
            let list = rejected.join("; ");
            return Some(format!(
                "{} of {wanted} symbols rejected: {list}",
                rejected.len()
            ));
        }
        if let Some((symbol, _)) = self.outlet.silent_symbol(config.idle_timeout) {
            let silence = words::secs(config.idle_timeout);
            return Some(format!("no word of {symbol} for more than {silence}"));
        }
        if let Some(gap) = self.outlet.recent_gap(config.gap_notice) {
            let missing = words::count(gap.to - gap.from + 1, "trade");
            return Some(format!("{missing} of {} missing", gap.symbol));
        }
        let now = self.feed.clock.monotonic();
        self.complaint
            .as_ref()
            .filter(|(_, at)| now.saturating_sub(*at) < config.gap_notice)
            .map(|(said, _)| format!("the venue says: {said}"))
    }

    /// Closes politely, but does not wait for long.
    async fn say_goodbye(&mut self) {
        if timeout(GOODBYE, self.socket.close(None)).await.is_err() {
            tracing::debug!(venue = self.feed.venue.name(), "no goodbye from the venue");
        }
    }
}
