//! A dashboard on an agent in another process, which comes and goes.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mda::runtime::socket_path;
use rustix::process::Signal;

use super::PRICES;
use crate::support::pty::{Session, Start};
use crate::support::served::{Served, until};

fn attached_to(served: &Served) -> Session {
    let data_dir = served.data_dir();
    let session = Session::start(&Start {
        args: &["--data-dir", data_dir.to_str().unwrap()],
        // Room enough for the agent's process id.
        size: (200, 60),
        ..Start::default()
    });
    session.wait_for(PRICES);
    session.wait_for(&format!("pid {}", served.pid()));
    session
}

#[test]
fn a_killed_agent_is_told_and_the_next_one_is_shown() {
    let mut served = Served::start("simulated");
    let mut session = attached_to(&served);
    // Values must be there to become stale.
    session.wait_for("● SIM");

    let begin = session.elapsed();
    served.kill();
    session.wait_for("AGENT LOST at ");
    assert!(session.since(begin) < Duration::from_secs(2));
    session.wait_for("× AGENT LOST");
    session.wait_for("STALE");
    session.press("r");
    session.wait_for("the agent is gone");

    served.start_again("simulated");
    session.wait_until("the next agent", |seen| {
        let text = seen.text();
        !text.contains("AGENT LOST")
            && text.contains(&format!("pid {}", served.pid()))
            && text.contains("◇ SIMULATED")
    });

    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[test]
fn a_dashboard_whose_agent_is_lost_still_obeys_its_keys() {
    let mut served = Served::start("simulated");
    let mut session = attached_to(&served);
    served.signal(Signal::TERM);
    assert_eq!(served.exit_code(), Some(0));
    session.wait_for("AGENT LOST at ");

    session.press("q");

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

/// The one that owns the agent is told why its dashboard went away.
#[test]
fn a_viewers_order_to_stop_is_told_on_the_clean_terminal() {
    let home = tempfile::tempdir().unwrap();
    let data_dir = home.path().join("data");
    let mut session = Session::start(&Start {
        args: &[
            "--data-dir",
            data_dir.to_str().unwrap(),
            "--feed",
            "simulated",
        ],
        ..Start::default()
    });
    session.wait_for(PRICES);
    let path = socket_path(&data_dir);
    until("the socket opens", || path.exists());

    let mut viewer = UnixStream::connect(path).unwrap();
    let lines = "{\"hello\":{\"protocol\":1}}\n{\"request\":{\"id\":1,\"command\":\"stop\"}}\n";
    viewer.write_all(lines.as_bytes()).unwrap();

    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
    session.wait_for("mda: stopped, as a viewer on the local socket asked");
}
