//! Opening one WebSocket connection to a venue, within a time limit.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::FeedConfig;
use super::words;

/// An open connection, plain or TLS.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Room for a few messages; the default would allocate 128 KiB at once.
const READ_BUFFER_BYTES: usize = 8 << 10;

/// We send a few hundred bytes at the start, and answers to pings.
const WRITE_BUFFER_BYTES_MAX: usize = 64 << 10;

/// Connects with Coinbase as its feed does, and closes again; says why not in words for a trader.
///
/// # Errors
/// The reason: name, TCP, TLS or WebSocket handshake failed, or took too long together.
pub async fn try_coinbase(config: &FeedConfig) -> Result<(), String> {
    connect(&config.coinbase_url, config).await.map(drop)
}

/// Connects to `url`. Says why not in words for a trader.
pub(super) async fn connect(url: &str, config: &FeedConfig) -> Result<Socket, String> {
    choose_crypto();
    let host = host_of(url);
    let attempt = connect_async_with_config(url, Some(limits(config)), true);
    match timeout(config.connect_timeout, attempt).await {
        Ok(Ok((socket, _response))) => Ok(socket),
        Ok(Err(error)) => Err(words::of_connect_error(&error, host)),
        Err(_elapsed) => Err(no_answer(host, config.connect_timeout)),
    }
}

/// Returns what stands between `://` and the path.
pub(super) fn host_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split('/').next().unwrap_or(after_scheme)
}

fn no_answer(host: &str, limit: Duration) -> String {
    format!("no answer from {host} within {}", words::secs(limit))
}

fn limits(config: &FeedConfig) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_frame_size(Some(config.frame_bytes_max))
        .max_message_size(Some(config.message_bytes_max))
}

/// Names the one cryptography we ship for TLS. Whoever came first has chosen the same.
fn choose_crypto() {
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        tracing::trace!("TLS cryptography is already chosen");
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;

    #[test]
    fn the_host_is_what_stands_before_the_path() {
        assert_eq!(
            host_of("wss://ws-feed.exchange.coinbase.com"),
            "ws-feed.exchange.coinbase.com"
        );
        assert_eq!(host_of("ws://127.0.0.1:4000/feed/x"), "127.0.0.1:4000");
        assert_eq!(host_of("nonsense"), "nonsense");
    }

    fn at(url: &str) -> FeedConfig {
        FeedConfig {
            coinbase_url: url.to_owned(),
            connect_timeout: Duration::from_millis(200),
            ..FeedConfig::default()
        }
    }

    #[tokio::test]
    async fn a_venue_that_shakes_hands_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = at(&format!("ws://{}/feed", listener.local_addr().unwrap()));
        let serve = async {
            let (stream, _) = listener.accept().await.unwrap();
            accept_async(stream).await.unwrap()
        };
        let (answer, _connection) = tokio::join!(try_coinbase(&config), serve);
        assert_eq!(answer, Ok(()));
    }

    #[tokio::test]
    async fn a_venue_that_does_not_answer_is_named_with_the_reason() {
        let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = mute.local_addr().unwrap().to_string();
        let config = at(&format!("ws://{host}"));
        let expected = format!("no answer from {host} within 0.2 s");
        assert_eq!(try_coinbase(&config).await, Err(expected));

        drop(mute);
        let refused = try_coinbase(&config).await.unwrap_err();
        assert!(
            refused.starts_with(&format!("cannot reach {host}: ")),
            "{refused}"
        );

        let nowhere = try_coinbase(&at("ws://no-such-host.invalid"))
            .await
            .unwrap_err();
        assert!(nowhere.contains("no-such-host.invalid"), "{nowhere}");
        let no_address = try_coinbase(&at("ws://")).await.unwrap_err();
        assert!(no_address.starts_with("bad address"), "{no_address}");
    }
}
