//! Feeds from the outside: `feed::start` against a scripted venue, captured frames, bundled bars and dice.

mod bundled;
mod live;
mod replay;
mod rig;
mod simulated;
mod subscribing;
