//! A venue on the loopback that plays a script: what it sends, when it is silent, how it breaks.
//!
//! Plain threads and blocking sockets, so that any test can use it, with or without a tokio
//! runtime. Each connection plays the next script of the list; the last one is played again and
//! again. It stops with the value.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, accept};

/// How often a waiting server looks whether it is to stop.
const GLANCE: Duration = Duration::from_millis(10);

/// One step of a connection's script. After the last one the server stays open and silent.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Before anything else: answers the handshake with this HTTP status line and body instead of
    /// an upgrade.
    RefuseHttp(&'static str, &'static str),
    /// Before anything else: accepts the connection and never answers the handshake.
    NeverUpgrade,
    /// Waits for one text message of the client.
    Receive,
    /// Sends one text message.
    Send(String),
    /// Waits until the test opens the gate.
    Await(Gate),
    /// Sends nothing but pings, this far apart, until the client is gone.
    PingOnly(Duration),
    /// Sends the same message again and again, this far apart, until the client is gone.
    Repeat(String, Duration),
    /// Sends these messages again and again, this far apart, until the test opens the gate.
    RepeatUntil(Gate, Vec<String>, Duration),
    /// Announces a long message, sends the beginning of it, and ends the stream.
    HalfFrame,
    /// Drops the connection without a word.
    Cut,
    /// Closes in order, with a code and a reason.
    Close(u16, &'static str),
}

/// Holds a script until the test lets it go on. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Lets every script behind it go on.
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn is_open_after(&self, wait: Duration) -> bool {
        let is_open = self.0.0.lock().unwrap();
        *self
            .0
            .1
            .wait_timeout_while(is_open, wait, |is_open| !*is_open)
            .unwrap()
            .0
    }
}

/// What the server saw.
#[derive(Debug, Default)]
struct Seen {
    connections: AtomicUsize,
    pongs: AtomicUsize,
    goodbyes: AtomicUsize,
    received: Mutex<Vec<String>>,
    is_stopping: AtomicBool,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct VenueServer {
    address: SocketAddr,
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

impl VenueServer {
    /// Listens on a free port of the loopback.
    pub(crate) fn start(scripts: Vec<Vec<Step>>) -> Self {
        assert!(!scripts.is_empty(), "a server without a script");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let theirs = Arc::clone(&seen);
        let thread = thread::spawn(move || listen(&listener, &scripts, &theirs));
        Self {
            address,
            seen,
            thread: Some(thread),
        }
    }

    /// The address to give to the client.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Connections accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Pongs the client answered.
    pub(crate) fn pongs(&self) -> usize {
        self.seen.pongs.load(Ordering::SeqCst)
    }

    /// Close frames the client sent.
    pub(crate) fn goodbyes(&self) -> usize {
        self.seen.goodbyes.load(Ordering::SeqCst)
    }

    /// Text messages the client sent, in order of arrival.
    pub(crate) fn received(&self) -> Vec<String> {
        self.seen.received.lock().unwrap().clone()
    }
}

impl Drop for VenueServer {
    fn drop(&mut self) {
        self.seen.is_stopping.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn listen(listener: &TcpListener, scripts: &[Vec<Step>], seen: &Arc<Seen>) {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        if seen.is_stopping.load(Ordering::SeqCst) {
            break;
        }
        let number = seen.connections.fetch_add(1, Ordering::SeqCst);
        let script = scripts[number.min(scripts.len() - 1)].clone();
        let seen = Arc::clone(seen);
        connections.push(thread::spawn(move || {
            // A client that leaves in the middle of a script is no fault of the server.
            stream.map(|stream| serve(stream, script, &seen)).ok();
        }));
    }
    for connection in connections {
        connection.join().ok();
    }
}

/// The client is gone, or the server stops.
struct Gone;

fn serve(stream: TcpStream, script: Vec<Step>, seen: &Seen) -> Result<(), Gone> {
    let mut steps = script.into_iter().peekable();
    match steps.peek() {
        Some(Step::RefuseHttp(status, body)) => return refuse(stream, status, body),
        Some(Step::NeverUpgrade) => return wait_until_gone(stream, seen),
        _ => {}
    }
    let mut client = Client {
        socket: accept(stream).map_err(|_| Gone)?,
        seen,
    };
    let timeout = client.socket.get_ref().set_read_timeout(Some(GLANCE));
    timeout.map_err(|_| Gone)?;
    for step in steps {
        client.play(step)?;
    }
    loop {
        client.glance()?;
    }
}

fn refuse(mut stream: TcpStream, status: &str, body: &str) -> Result<(), Gone> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).map_err(|_| Gone)?;
        request.push(byte[0]);
    }
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).map_err(|_| Gone)
}

fn wait_until_gone(mut stream: TcpStream, seen: &Seen) -> Result<(), Gone> {
    stream.set_read_timeout(Some(GLANCE)).map_err(|_| Gone)?;
    let mut bytes = [0; 1024];
    while !seen.is_stopping.load(Ordering::SeqCst) {
        match stream.read(&mut bytes) {
            Ok(0) => return Err(Gone),
            Err(error) if !is_time_out(&error) => return Err(Gone),
            _ => {}
        }
    }
    Ok(())
}

fn is_time_out(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

struct Client<'a> {
    socket: WebSocket<TcpStream>,
    seen: &'a Seen,
}

impl Client<'_> {
    fn play(&mut self, step: Step) -> Result<(), Gone> {
        match step {
            Step::RefuseHttp(..) | Step::NeverUpgrade => {
                panic!("{step:?} must be the first step")
            }
            Step::Receive => while !self.glance()? {},
            Step::Send(text) => self.send(Message::text(text))?,
            Step::Await(gate) => {
                while !gate.is_open_after(GLANCE) {
                    self.glance()?;
                }
            }
            Step::PingOnly(every) => loop {
                self.send(Message::Ping("are you there".into()))?;
                self.glance_for(every)?;
            },
            Step::Repeat(text, every) => loop {
                self.send(Message::text(text.clone()))?;
                self.glance_for(every)?;
            },
            Step::RepeatUntil(gate, texts, every) => {
                while !gate.is_open_after(Duration::ZERO) {
                    for text in &texts {
                        self.send(Message::text(text.clone()))?;
                    }
                    self.glance_for(every)?;
                }
            }
            Step::HalfFrame => {
                // FIN + text, then a length of 1,000 bytes of which 14 follow.
                let half = b"\x81\x7e\x03\xe8{\"type\":\"match";
                self.raw().write_all(half).map_err(|_| Gone)?;
                self.raw().shutdown(Shutdown::Write).map_err(|_| Gone)?;
            }
            Step::Cut => return Err(Gone),
            Step::Close(code, reason) => {
                let frame = CloseFrame {
                    code: CloseCode::from(code),
                    reason: reason.into(),
                };
                self.socket.close(Some(frame)).map_err(|_| Gone)?;
                self.socket.flush().map_err(|_| Gone)?;
            }
        }
        Ok(())
    }

    fn raw(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    fn send(&mut self, message: Message) -> Result<(), Gone> {
        self.socket.send(message).map_err(|_| Gone)
    }

    fn glance_for(&mut self, time: Duration) -> Result<(), Gone> {
        for _ in 0..time.div_duration_f32(GLANCE).ceil() as u32 {
            self.glance()?;
        }
        Ok(())
    }

    /// Reads what is there, for a moment at most; true when it was a text message.
    fn glance(&mut self) -> Result<bool, Gone> {
        if self.seen.is_stopping.load(Ordering::SeqCst) {
            return Err(Gone);
        }
        match self.socket.read() {
            Ok(Message::Text(text)) => {
                self.seen.received.lock().unwrap().push(text.to_string());
                return Ok(true);
            }
            Ok(Message::Pong(_)) => {
                self.seen.pongs.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Message::Close(_)) => {
                self.seen.goodbyes.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Message::Binary(_) | Message::Ping(_) | Message::Frame(_)) => {}
            Err(Error::Io(error)) if is_time_out(&error) => {}
            Err(_) => return Err(Gone),
        }
        Ok(false)
    }
}

/// Messages as Coinbase writes them.
pub(crate) mod coinbase {
    use serde_json::json;

    /// Confirms every channel for these products.
    pub(crate) fn subscriptions(products: &[&str]) -> String {
        let channel = |name: &str| json!({"name": name, "product_ids": products});
        let channels = ["ticker", "matches", "heartbeat"].map(channel);
        json!({"type": "subscriptions", "channels": channels}).to_string()
    }

    /// A trade; `kind` is `match` or `last_match`, the maker sold.
    pub(crate) fn trade(kind: &str, product: &str, id: u64, price: &str, time: &str) -> String {
        json!({
            "type": kind, "trade_id": id, "maker_order_id": "m", "taker_order_id": "t",
            "side": "sell", "size": "0.5", "price": price, "product_id": product,
            "sequence": id + 1_000, "time": time,
        })
        .to_string()
    }

    /// The newest bid and ask, and the day.
    pub(crate) fn ticker(product: &str, bid: &str, ask: &str, time: &str) -> String {
        json!({
            "type": "ticker", "sequence": 1, "product_id": product, "price": ask,
            "open_24h": "90", "volume_24h": "1000", "low_24h": "80", "high_24h": "120",
            "volume_30d": "30000", "best_bid": bid, "best_bid_size": "1.5", "best_ask": ask,
            "best_ask_size": "2", "side": "buy", "time": time, "trade_id": 1, "last_size": "0.5",
        })
        .to_string()
    }

    /// A sign of life, with the newest trade the venue knows.
    pub(crate) fn heartbeat(product: &str, last_trade_id: u64) -> String {
        json!({
            "type": "heartbeat", "sequence": 1, "last_trade_id": last_trade_id,
            "product_id": product, "time": "2026-11-07T08:19:28.464459Z",
        })
        .to_string()
    }

    /// A complaint.
    pub(crate) fn error(message: &str, reason: &str) -> String {
        json!({"type": "error", "message": message, "reason": reason}).to_string()
    }
}
