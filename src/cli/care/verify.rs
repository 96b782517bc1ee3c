//! `mda verify`: reads the whole store, and says what is wrong with it.

use super::args::VerifyArgs;
use crate::api::VerifyDone;
use crate::cli::session::Session;
use crate::cli::text::visible;
use crate::cli::{DetailFormat, Exit, ask, print};

/// Checks the store; fails when something is wrong.
pub(in crate::cli) async fn run(session: &Session, args: &VerifyArgs) -> anyhow::Result<Exit> {
    let done = ask::with_store_again(session, async |asker| asker.verify().await).await?;
    print::result(&written(&done, args.format)?)?;
    Ok(exit_of(&done))
}

const fn exit_of(done: &VerifyDone) -> Exit {
    if done.faults.is_empty() {
        Exit::Success
    } else {
        Exit::Failure
    }
}

fn written(done: &VerifyDone, format: DetailFormat) -> serde_json::Result<String> {
    match format {
        DetailFormat::Json => print::pretty(done),
        DetailFormat::Table => Ok(lines(done)),
    }
}

fn lines(done: &VerifyDone) -> String {
    let mut lines = vec![
        format!("store: {}", visible(&done.store)),
        format!("rows:  {}", done.rows),
        format!("hash:  {}", done.hash),
    ];
    let faults = done.faults.iter();
    lines.extend(faults.map(|fault| format!("fault: {}", visible(fault))));
    lines.push(match done.faults.len() {
        0 => "nothing is wrong".to_owned(),
        _some => "next:  `mda restore FILE --force` puts a backup in its place".to_owned(),
    });
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(faults: &[&str]) -> VerifyDone {
        VerifyDone {
            store: "/d/market.sqlite".to_owned(),
            rows: 12,
            hash: "0f".to_owned(),
            faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
        }
    }

    #[test]
    fn a_sound_store_is_a_success() {
        let done = done(&[]);
        assert_eq!(exit_of(&done), Exit::Success);
        assert_eq!(
            written(&done, DetailFormat::Table).unwrap(),
            "store: /d/market.sqlite\nrows:  12\nhash:  0f\nnothing is wrong\n"
        );
    }

    #[test]
    fn every_fault_is_told_and_is_a_failure() {
        let done = done(&["page 7 is broken", "series 2 has 1 row more than told"]);
        assert_eq!(exit_of(&done), Exit::Failure);
        let text = written(&done, DetailFormat::Table).unwrap();
        assert!(
            text.contains("fault: page 7 is broken\nfault: series 2"),
            "{text}"
        );
        assert!(text.contains("mda restore"), "{text}");
        let json: VerifyDone =
            serde_json::from_str(&written(&done, DetailFormat::Json).unwrap()).unwrap();
        assert_eq!(json.faults.len(), 2);
    }
}
