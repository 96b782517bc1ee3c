//! The stores as the agent uses them: bars into them, questions out of them.
//!
//! Only bars of the market as it is reach the user's store. Those of replays and simulations go to
//! a throw-away store beside it, which is emptied when the next one begins. A store that cannot be
//! opened does not keep the dashboard from opening: the state says what is wrong, and questions are
//! refused with the reason.

mod depot;
mod sink;
mod stores;

pub(super) use stores::{History, Keeping, LateAnswer};
