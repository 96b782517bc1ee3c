//! Whether a venue answers: name, TCP, TLS and WebSocket handshake, within one deadline.
//!
//! Nothing is subscribed to. A failure says at which step it came, since the remedies differ: a
//! name that is not found is the resolver's, a refused connection a firewall's, a failed
//! handshake a proxy's or the clock's.

use std::fmt;
use std::io;
use std::time::Duration;

use anyhow::Context;
use thiserror::Error;
use tokio::net::{TcpStream, lookup_host};
use tokio::runtime::Builder;
use tokio::time::timeout;
use tokio_tungstenite::client_async_tls;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::config::Settings;
use crate::runtime::Clock;

/// Why a venue does not answer.
#[derive(Debug, Error)]
pub(super) enum VenueError {
    /// The address is none.
    #[error("`{url}` is not a WebSocket address")]
    Address { url: String },
    /// The name has no address.
    #[error("failed to resolve `{host}`")]
    Resolve {
        host: String,
        #[source]
        source: io::Error,
    },
    /// The host takes no connection.
    #[error("failed to connect to `{host}`")]
    Connect {
        host: String,
        #[source]
        source: io::Error,
    },
    /// TLS or the WebSocket handshake went wrong.
    #[error("failed to open the WebSocket of `{url}`")]
    Handshake {
        url: String,
        #[source]
        source: Box<tungstenite::Error>,
    },
    /// It took too long.
    #[error("`{url}` did not answer within {} ms, while {step}", limit.as_millis())]
    Timeout {
        url: String,
        step: Step,
        limit: Duration,
    },
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Resolving,
    Connecting,
    Handshaking,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolving => "looking up its name",
            Self::Connecting => "connecting",
            Self::Handshaking => "shaking hands",
        })
    }
}

/// Tries the Coinbase of these settings; the outer error is that nothing could be tried.
pub(super) fn reach_blocking(
    settings: &Settings,
    clock: &dyn Clock,
) -> anyhow::Result<Result<Duration, VenueError>> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start an async runtime")?;
    let feed = &settings.feed;
    let begun = clock.monotonic();
    let answer = runtime.block_on(reach(&feed.coinbase_url, feed.probe_timeout));
    let took = clock.monotonic().saturating_sub(begun);
    // A name look-up that hangs must not hold up the exit.
    runtime.shutdown_background();
    Ok(answer.map(|()| took))
}

async fn reach(url: &str, limit: Duration) -> Result<(), VenueError> {
    let mut step = Step::Resolving;
    match timeout(limit, shake_hands(url, &mut step)).await {
        Ok(answer) => answer,
        Err(_) => Err(VenueError::Timeout {
            url: url.to_owned(),
            step,
            limit,
        }),
    }
}

async fn shake_hands(url: &str, step: &mut Step) -> Result<(), VenueError> {
    let not_an_address = || VenueError::Address {
        url: url.to_owned(),
    };
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::trace!("TLS cryptography is already chosen");
    }
    let request = url.into_client_request().map_err(|_| not_an_address())?;
    let host = request.uri().host().ok_or_else(not_an_address)?.to_owned();
    let is_secure = request.uri().scheme_str() == Some("wss");
    let default_port = if is_secure { 443 } else { 80 };
    let port = request.uri().port_u16().unwrap_or(default_port);

    // The resolver wants an IPv6 address without its brackets.
    let name = host.trim_matches(['[', ']']).to_owned();
    let addresses: Vec<_> = match lookup_host((name, port)).await {
        Ok(addresses) => addresses.collect(),
        Err(source) => return Err(VenueError::Resolve { host, source }),
    };
    *step = Step::Connecting;
    let stream = match TcpStream::connect(addresses.as_slice()).await {
        Ok(stream) => stream,
        Err(source) => return Err(VenueError::Connect { host, source }),
    };
    *step = Step::Handshaking;
    match client_async_tls(request, stream).await {
        Ok(_) => Ok(()),
        Err(source) => Err(VenueError::Handshake {
            url: url.to_owned(),
            source: Box::new(source),
        }),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    async fn listen() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/feed", listener.local_addr().unwrap());
        (listener, url)
    }

    #[tokio::test]
    async fn a_venue_that_shakes_hands_answers() {
        let (listener, url) = listen().await;
        let serve = async {
            let (stream, _) = listener.accept().await.unwrap();
            accept_async(stream).await.unwrap()
        };
        let (answer, _connection) = tokio::join!(reach(&url, LONG), serve);
        answer.unwrap();
    }

    #[tokio::test]
    async fn a_closed_port_is_a_failed_connection() {
        let (listener, url) = listen().await;
        drop(listener);
        let error = reach(&url, LONG).await.unwrap_err();
        assert!(matches!(error, VenueError::Connect { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_a_failed_handshake() {
        let (listener, url) = listen().await;
        let serve = async { drop(listener.accept().await.unwrap()) };
        let (answer, ()) = tokio::join!(reach(&url, LONG), serve);
        let error = answer.unwrap_err();
        assert!(matches!(error, VenueError::Handshake { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_mute_server_is_given_up_while_shaking_hands() {
        let (_listener, url) = listen().await;
        let error = reach(&url, Duration::from_millis(100)).await.unwrap_err();
        let expected = "did not answer within 100 ms, while shaking hands";
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[tokio::test]
    async fn a_name_without_address_is_not_resolved() {
        let error = reach("ws://no-such-host.invalid", LONG).await.unwrap_err();
        assert!(matches!(error, VenueError::Resolve { .. }), "{error}");
    }

    #[tokio::test]
    async fn what_is_no_address_is_refused() {
        let error = reach("ws://", LONG).await.unwrap_err();
        assert!(matches!(error, VenueError::Address { .. }), "{error}");
    }
}
