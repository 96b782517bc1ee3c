//! Which venue a host belongs to: captures name no venue, only the host they were taken from.

use super::Coinbase;
use super::contract::Venue;

/// Returns the venue whose captured frames come from `host`.
pub(in crate::feed) fn of_host(host: &str) -> Option<Box<dyn Venue>> {
    let is_coinbase = host == "coinbase.com" || host.ends_with(".coinbase.com");
    is_coinbase.then(|| Box::new(Coinbase::new("")) as Box<dyn Venue>)
}
