//! Feeds from the outside: `feed::start` against a scripted venue, captured frames, bundled bars
//! and dice.

// `cfg(test)` is always true here; clippy allows `unwrap` in helpers only where it is written.
#[cfg(test)]
mod bundled;
#[cfg(test)]
mod live;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod subscribing;
