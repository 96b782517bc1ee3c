//! Small phrases of the reasons that a trader reads.

use std::io;
use std::time::Duration;

use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::Response;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::spec::ReplaySpeed;
use crate::runtime::error_chain;

/// Characters of a venue's own words that are repeated.
const QUOTED_MAX: usize = 160;

/// Writes `10 s`, `1.2 s`: whole seconds as such, else one decimal.
pub(super) fn secs(duration: Duration) -> String {
    let tenths = (duration.as_millis() + 50) / 100;
    match tenths % 10 {
        0 => format!("{} s", tenths / 10),
        rest => format!("{}.{rest} s", tenths / 10),
    }
}

/// Writes `1 trade`, `3 trades`, `9,946 frames`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{grouped} {noun}{plural}")
}

/// Writes `×10`, `full speed`.
pub(super) fn speed(speed: ReplaySpeed) -> String {
    match speed {
        ReplaySpeed::Max => "full speed".to_owned(),
        ReplaySpeed::Thousandths(_) => format!("×{speed}"),
    }
}

/// Repeats somebody else's words on one line, cut.
pub(super) fn quoted(words: &str) -> String {
    let line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(QUOTED_MAX)
        .collect();
    line.trim().to_owned()
}

/// Says why no connection came about.
pub(super) fn of_connect_error(error: &SocketError, host: &str) -> String {
    match error {
        SocketError::Http(response) => of_refusal(response),
        SocketError::Io(error) if is_of_tls(error) => {
            format!("TLS with {host} failed: {}", error_chain(error))
        }
        SocketError::Io(error) => format!("cannot reach {host}: {}", error_chain(error)),
        SocketError::Tls(error) => format!("TLS with {host} failed: {}", error_chain(error)),
        SocketError::Url(error) => format!("bad address `{host}`: {}", error_chain(error)),
        SocketError::HttpFormat(error) => {
            format!("bad address `{host}`: {}", error_chain(error))
        }
        other => format!("{host} does not speak WebSocket: {}", error_chain(other)),
    }
}

/// A TLS handshake fails as an input-output error with the real one inside.
fn is_of_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some()
}

fn of_refusal(response: &Response<Option<Vec<u8>>>) -> String {
    let body = response.body().as_deref().unwrap_or_default();
    let body = quoted(&String::from_utf8_lossy(body));
    let separator = if body.is_empty() { "" } else { ": " };
    format!(
        "the venue refused the connection: HTTP {}{separator}{body}",
        response.status()
    )
}

/// Says how an open connection was lost.
pub(super) fn of_lost(error: &SocketError) -> String {
    match error {
        SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | SocketError::ConnectionClosed
        | SocketError::AlreadyClosed => "the connection was cut".to_owned(),
        SocketError::Io(error) => format!("the connection was cut: {}", error_chain(error)),
        SocketError::Capacity(error) => format!("the venue sent too much: {}", error_chain(error)),
        other => format!("the connection broke: {}", error_chain(other)),
    }
}

/// Says how the venue closed the connection.
pub(super) fn of_close(frame: Option<&CloseFrame>) -> String {
    match frame {
        None => "the venue closed the connection without a reason".to_owned(),
        Some(frame) if frame.reason.is_empty() => {
            format!("the venue closed the connection (code {})", frame.code)
        }
        Some(frame) => format!(
            "the venue closed the connection: {} (code {})",
            quoted(&frame.reason),
            frame.code
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_a_decimal_only_where_it_says_something() {
        assert_eq!(secs(Duration::from_secs(10)), "10 s");
        assert_eq!(secs(Duration::from_millis(1_249)), "1.2 s");
        assert_eq!(secs(Duration::from_millis(980)), "1 s");
        assert_eq!(secs(Duration::from_millis(80)), "0.1 s");
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_noun() {
        assert_eq!(count(1, "trade"), "1 trade");
        assert_eq!(count(9_946, "frame"), "9,946 frames");
        assert_eq!(count(1_234_567, "trade"), "1,234,567 trades");
        assert_eq!(count(100, "trade"), "100 trades");
    }

    #[test]
    fn a_venues_words_stay_on_one_line() {
        assert_eq!(quoted(" a\r\nb\u{1b}[2J "), "a  b [2J");
        assert_eq!(quoted(&"x".repeat(500)).len(), QUOTED_MAX);
    }
}
